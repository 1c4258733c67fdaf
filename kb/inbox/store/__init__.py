"""What waits for a person, read from the database."""
