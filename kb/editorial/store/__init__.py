"""Descriptions, transitions and reviews in the database."""
