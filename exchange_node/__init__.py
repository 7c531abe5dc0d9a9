"""The customs exchange node: national declaration → WCO document → neighbour's hands, and back.

One node per administration. Where things are: docs/ARCHITECTURE.md.
"""
