"""Accounts of what went between two nodes: given (`giving`) and taken (`taking`)."""
