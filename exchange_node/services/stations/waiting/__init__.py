"""Finished message → waiting room → out of it: what officers see before it leaves."""
