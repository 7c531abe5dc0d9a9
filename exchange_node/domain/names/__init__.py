"""What names are made of, in every script: letters, sounds, legal forms, what firms do."""
