"""Sample files → how they are read, and what every path in them is like."""
