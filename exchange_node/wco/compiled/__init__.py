"""Registry → one table for each class, made once → documents written and checked by them."""
