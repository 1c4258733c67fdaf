"""What every page shares: request context, security, forms, errors."""
