"""Names of persons and firms → how near they are, across scripts, and keys to look them up by."""
