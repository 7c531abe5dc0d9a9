"""Movements as this node sees them: `views` where each stands, `events` what happened, `parked`."""
