"""A seed → made-up movements, each the same for ever → declarations, manifests, rows.

Nothing in it is real, and nothing is drawn from real records: the shares are our choice, and
`crowd` says each.
"""

from exchange_node.rehearsal.traffic.drawing import Traffic
from exchange_node.rehearsal.traffic.movement import Movement
from exchange_node.rehearsal.traffic.routes import Office, offices_in

__all__ = ["Movement", "Office", "Traffic", "offices_in"]
