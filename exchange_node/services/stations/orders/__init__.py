"""What partners say of records they gave or got: taken by code, carried out, certified."""
