"""How a person or a national system is told: a folder that it watches, mail, a webhook."""
