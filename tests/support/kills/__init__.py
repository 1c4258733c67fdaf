"""Processes killed with SIGKILL at random moments, and what must hold of an instance afterwards."""
