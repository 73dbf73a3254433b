"""Input as it really comes: every kind in :mod:`kinds` on a real file, with its exact outcome."""
