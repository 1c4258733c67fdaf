"""What was changed of the glossary in an instance, in SQL."""
