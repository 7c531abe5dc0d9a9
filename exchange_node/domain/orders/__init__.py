"""What is said of records that were handed over: corrected, deleted, certified, misused."""
