"""Messages in the waiting room in front of the outbox, and what officers said of each."""
