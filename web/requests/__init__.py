"""Pages of requests for support."""
