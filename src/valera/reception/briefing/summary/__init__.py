"""The older part of a dialogue, put together by code from its rows; the rows stay where they are."""
