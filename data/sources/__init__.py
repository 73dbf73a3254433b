"""Files and databases into the lake: mappings, readers, the check at the door."""
