"""Engines execute expressions: DuckDB, embedded, is the default."""
