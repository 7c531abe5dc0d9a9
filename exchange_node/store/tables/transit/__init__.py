"""Tables of what moves from one country to another."""
