"""The workbench: description, tags, review, publication."""
