"""Duty "tell" → the folder and the desks' ways → seen by somebody, or passed on to the next desk.

What happens is told to the folder of the node, and opened at the first desk of its route. Each way
of a desk is a duty of its own, so that one that is down holds up no other. A desk that does not say
in its time that it has seen it is followed by the next.
"""

from exchange_node.services.telling.handing_over import Telling

__all__ = ["Telling"]
