"""How payloads travel: MIME parts and gzip, each within bounds."""
