"""Readers: the bytes of one file format to a raw document."""
