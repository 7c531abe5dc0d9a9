"""Accounts with partners: how far they are given (`progress`), and what did not agree (`gaps`)."""
