"""Killed, or refused by the disk, at any moment: ingest and build leave the old state or the new, and a rerun ends."""
