"""Signing in, accounts, the audit trail."""
