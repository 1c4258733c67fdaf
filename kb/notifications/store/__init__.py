"""Contents and reminders of notifications, read from the database."""
