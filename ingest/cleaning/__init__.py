"""From what a reader found to clean text with headings."""
