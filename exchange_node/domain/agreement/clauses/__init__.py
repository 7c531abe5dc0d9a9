"""The clauses around the grants: why, who answers, how requests run, how the text ends."""
