"""Notifications: what they say, and when they are due."""
