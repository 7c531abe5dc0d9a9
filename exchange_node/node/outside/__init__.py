"""The node's connections to the outside: who calls, who is called, which authorities are asked."""
