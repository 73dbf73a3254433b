"""How healthy the data are: what was set aside, what is missing, what is late."""
