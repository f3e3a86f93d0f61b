"""Messages in and out: correlation, starts, the outbox, notifications."""
