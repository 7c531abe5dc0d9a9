"""What two nodes ask each other for about a movement, and until when an answer is due."""
