"""The system of record: accounts, sessions, loads and builds, on SQLite or PostgreSQL."""
