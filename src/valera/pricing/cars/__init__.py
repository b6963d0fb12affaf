"""Which class of a shop's list a car falls into: the shop's own rules first, then what its list says of its classes."""
