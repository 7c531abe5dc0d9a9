"""Indicators of alerts: shares with their interval, times in the middle and at the ninth decile."""
