"""Pages, run in both languages."""
