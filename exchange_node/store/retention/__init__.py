"""What ends: which records are due, what holds them back, what proves that they are gone."""
