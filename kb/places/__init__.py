"""Names of places: countries, their people, in many languages."""
