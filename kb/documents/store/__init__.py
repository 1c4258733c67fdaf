"""Documents, passages, tags and originals in the database."""
