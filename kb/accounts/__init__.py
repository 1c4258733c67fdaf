"""Accounts, what each role may do, and the audit trail."""
