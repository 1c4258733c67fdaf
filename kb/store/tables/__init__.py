"""The tables of the database, by feature."""
