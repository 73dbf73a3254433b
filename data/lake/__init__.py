"""Delta tables on disk: what was loaded, append only, every version readable."""
