"""Shortlists, invitations, overrides, the board."""
