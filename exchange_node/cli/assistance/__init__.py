"""What liaison officers do on the command line: requests for assistance and what follows them."""
