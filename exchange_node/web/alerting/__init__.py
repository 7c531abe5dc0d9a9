"""What is done with an alert after it was sent or seen, over the API."""
