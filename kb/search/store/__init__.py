"""Measured quality of search in the database."""
