"""Concepts of controlled vocabularies, read from SKOS."""
