"""Pages that say where things happen."""
