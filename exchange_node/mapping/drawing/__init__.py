"""Profile over source tree: nodes gathered → lines drawn → values converted → what is lacking."""

from exchange_node.mapping.drawing.conversion import Output
from exchange_node.mapping.drawing.draft import Draft
from exchange_node.mapping.drawing.lacking import Missing, lacking_in

__all__ = ["Draft", "Missing", "Output", "lacking_in"]
