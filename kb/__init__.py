"""What the platform knows: records, vocabularies, rules, storage."""
