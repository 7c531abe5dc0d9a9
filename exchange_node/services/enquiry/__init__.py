"""Who may see what: role, purpose, handling and readers → the record, and a line for every look."""

from exchange_node.services.enquiry.walk import Enquiry

__all__ = ["Enquiry"]
