"""How a person or a national system is told: today a folder that the national system watches."""
