"""Before messages flow: a folder is founded and inspected, partners, agreements and lists come."""
