"""The declarations, one module per section of the contract."""
