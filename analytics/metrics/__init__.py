"""Every metric once, and the one way to ask for them."""
