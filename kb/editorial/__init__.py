"""How a document comes to be published: description, checks, review."""
