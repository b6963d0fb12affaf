"""The demo shop that a first start plants: invented name, address and people; data beside this file."""
