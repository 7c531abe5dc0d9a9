"""Texts and acts of agreements: what is usable, what this party does, what a partner did."""
