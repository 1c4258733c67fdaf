"""Sending files and practices in."""
