"""What CVs and publications show of an expert."""
