"""Use cases, the screen, the shell and the HTTP door over the analytics core."""
