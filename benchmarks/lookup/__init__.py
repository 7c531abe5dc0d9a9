"""Look-ups at the border: so many stored manifests, so many questions a second, more arriving."""
