"""The price list: read from any file, looked through and corrected row by row, published in versions; and which car is of which class."""
