"""The queue of jobs in the database."""
