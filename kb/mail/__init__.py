"""Letters: what they are about, and how they are sent."""
