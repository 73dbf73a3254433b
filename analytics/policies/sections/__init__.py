"""Policies by section, as the product brings them."""
