"""The glossary: terms of the field with their forms in seven languages."""
