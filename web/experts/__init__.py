"""Pages of experts and organisations."""
