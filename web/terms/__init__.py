"""The glossary: its pages, and where librarians change it."""
