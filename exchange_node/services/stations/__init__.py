"""What several walks do the same way: seal and pack · weigh agreements · open · hold · tell."""
