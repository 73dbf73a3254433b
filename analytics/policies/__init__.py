"""What the business has set: every number that a rule hangs on, since when, and for whom it differs."""
