"""What a document says of itself: title, type, dates, places."""
