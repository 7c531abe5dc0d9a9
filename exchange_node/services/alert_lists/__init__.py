"""Lists of alerts in files: read and kept as drafts, each row judged by itself; and written.

A list comes from a national system. What is read becomes drafts, which are looked at and sent as
any other.
"""

from exchange_node.services.alert_lists.exporting import Exporting, Form
from exchange_node.services.alert_lists.importing import Importing
from exchange_node.services.alert_lists.reading import template

__all__ = ["Exporting", "Form", "Importing", "template"]
