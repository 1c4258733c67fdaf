"""The Word template for practices, written and read."""
