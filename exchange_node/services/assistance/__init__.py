"""What two administrations owe each other beside manifests and alerts, asked, ordered and told."""
