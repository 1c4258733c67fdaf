"""Proposals and choices in the database."""
