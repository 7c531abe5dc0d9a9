"""Before messages flow: a folder is founded and inspected, partners and agreements are joined."""
