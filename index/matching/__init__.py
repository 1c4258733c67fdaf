"""From a request to ranked experts."""
