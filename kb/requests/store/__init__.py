"""Requests for support and feedback in the database."""
