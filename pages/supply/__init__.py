"""Pages about what will be sold and what has to be there for it."""
