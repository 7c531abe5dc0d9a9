"""What authorities vouch for: path · bound name · CRL · OCSP, as values and without I/O."""
