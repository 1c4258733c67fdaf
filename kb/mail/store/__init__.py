"""The outbox of letters in the database."""
