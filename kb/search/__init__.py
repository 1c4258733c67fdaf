"""Answers to a question, as values, and the fields they are filtered by."""
