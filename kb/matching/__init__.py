"""Who may be proposed for a request, in what order, and what was decided."""
