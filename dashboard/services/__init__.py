"""Use cases. Pages, the shell, jobs and the HTTP door call the same ones."""
