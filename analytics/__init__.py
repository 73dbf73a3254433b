"""The functional core: nouns, numbers and rules, without database, clock, environment or screen."""
