"""What officers ask over HTTP, by subject; each module adds its routes to the API."""
