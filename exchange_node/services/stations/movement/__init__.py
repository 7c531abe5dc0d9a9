"""What happens to movements: begun by a manifest, followed by what the offices tell."""
