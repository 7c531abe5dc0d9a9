"""Whom and what a consignment travels with, and its way: documents, persons, route in order."""

from exchange_node.risk.journey.documents import documents
from exchange_node.risk.journey.persons import NAME_ALONE, persons
from exchange_node.risk.journey.route import route

__all__ = ["NAME_ALONE", "documents", "persons", "route"]
