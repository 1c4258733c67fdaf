"""From files to tagged passages in the store."""
