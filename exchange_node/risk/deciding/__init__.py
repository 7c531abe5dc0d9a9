"""What a decision is made by: rule set, draw, function."""
