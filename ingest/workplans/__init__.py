"""Lines of workplans, from tables and from flattened text."""
