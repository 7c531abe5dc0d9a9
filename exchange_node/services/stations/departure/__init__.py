"""What every document passes on its way out, submitted or only tried."""
