"""The commands, one module a family; only the command line imports them."""
