"""Pages of documents and passages."""
