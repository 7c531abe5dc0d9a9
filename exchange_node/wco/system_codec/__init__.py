"""What nodes say to each other of their exchange: acts on agreements, accounts of messages."""
