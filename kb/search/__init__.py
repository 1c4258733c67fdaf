"""Answers to a question, as values and as JSON."""
