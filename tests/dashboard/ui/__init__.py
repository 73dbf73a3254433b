"""The kit that pages are made of."""
