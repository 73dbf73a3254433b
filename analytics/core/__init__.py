"""Nouns every other package speaks in: access, errors, calendar, geography."""
