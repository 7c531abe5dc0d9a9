"""Keys that never leave a module (PKCS#11): URI · session · sign · decrypt · agree."""
