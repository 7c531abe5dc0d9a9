"""Movement → draw → ruling → decision, in the transaction of whoever files."""
