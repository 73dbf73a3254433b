"""Schema changes, oldest first; they only ever go forward."""
