"""Passages and documents to concepts with the words that support them, for any concept scheme."""
