"""Routes of mutual assistance: what administrations ask each other, and what comes of it."""
