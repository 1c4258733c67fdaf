"""From stored passages to ranked hits."""
