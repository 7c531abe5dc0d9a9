"""Orders about records and notices of misuse, sent and received; what an order names."""
