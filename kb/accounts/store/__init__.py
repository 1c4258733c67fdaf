"""Accounts, sessions, links, tokens and the audit trail in the database."""
