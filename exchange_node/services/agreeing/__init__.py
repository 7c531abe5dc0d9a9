"""Operators and agreements: offer · countersign · refuse · suspend · resume · terminate · files."""

from exchange_node.services.agreeing.agreeing import Agreeing
from exchange_node.services.agreeing.carrying import Carrying
from exchange_node.services.agreeing.standings import Standings

__all__ = ["Agreeing", "Carrying", "Standings"]
