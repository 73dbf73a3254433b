"""The seeded demo world: an invented grain-and-oil brand with its partners, members and orders."""
