"""A new alert → the manifests that were here before it: the newest at once, the others after."""
