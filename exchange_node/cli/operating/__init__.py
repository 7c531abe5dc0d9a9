"""Commands of whoever operates the node: messages on their way, the way itself."""
