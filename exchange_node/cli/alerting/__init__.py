"""What a desk does with a partner's alert, by command."""
