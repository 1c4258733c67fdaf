"""Work that takes long: jobs and their states."""
