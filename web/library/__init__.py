"""Home, objectives, coverage, quality."""
