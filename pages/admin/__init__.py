"""Pages that keep things right."""
