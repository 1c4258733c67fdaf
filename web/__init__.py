"""The web application over a store and a searcher."""
