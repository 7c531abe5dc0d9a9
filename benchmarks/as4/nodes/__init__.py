"""Two administrations in folders, the processes that run them, and the ways between them."""
