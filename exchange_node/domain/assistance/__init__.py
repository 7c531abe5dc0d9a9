"""Mutual assistance on request and unasked: what is asked and answered, and how a request lives."""
