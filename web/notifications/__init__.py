"""Letters: their words, delivery, the outbox."""
