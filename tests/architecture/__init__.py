"""The laws of the architecture, each with an example that breaks it."""
