"""Registers that people read: their lines, and the names of records in them."""
