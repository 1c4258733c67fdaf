"""Documents, their passages, tags, states and editions."""
