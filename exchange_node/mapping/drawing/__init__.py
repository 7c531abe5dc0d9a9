"""Profile over source tree: nodes gathered → lines drawn → values converted → what is lacking."""

from exchange_node.mapping.drawing.draft import Draft
from exchange_node.mapping.drawing.lacking import Missing, lacking_in
from exchange_node.mapping.drawing.output import Output

__all__ = ["Draft", "Missing", "Output", "lacking_in"]
