"""Files looked at without sending anything: declarations, documents, profiles."""
