"""Experts, works, organisations and erasures in the database."""
