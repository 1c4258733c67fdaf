"""Backup, restore and diagnostics of the database."""
