"""Care of an instance: diagnostics, backup, restore."""
