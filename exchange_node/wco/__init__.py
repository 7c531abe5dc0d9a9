"""The WCO document: ordered building → reading → XSD → numbered rules, and what a node reads of it.

Pure: schemas, registry and code lists are handed in as text; lxml does not leave the codec rooms.
"""
