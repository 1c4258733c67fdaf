"""Experts of the connection hub, their works and organisations."""
