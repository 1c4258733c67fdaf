"""Measures of search, tagging and matching."""
