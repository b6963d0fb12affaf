"""The first start in four steps."""
