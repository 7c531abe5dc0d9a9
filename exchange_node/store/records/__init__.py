"""What officers and operators work with: submissions, manifests, alerts, their recipients, hits."""
