"""Finds documents that are another one over again: in another format, version or language, or in part."""
