"""Items of one shape are drawn together: the first line by line, the others by columns.

`shapes` sorts the nodes of a group by their shape · `program` draws the first of a shape and keeps,
for each line, which leaves it may read (`reads`) and what it did · `steps` makes a column of each
line for all the others · `items` are the rows of the document that come of it.

What is drawn, said and traced is what drawing one by one would give (docs/adr/0031): an item that
any line treats otherwise than the first, or has something to say about, is drawn by itself.
"""

from exchange_node.mapping.drawing.alike.items import Alike, alike_in, alike_of
from exchange_node.mapping.drawing.emitting import Items

__all__ = ["Alike", "Items", "alike_in", "alike_of"]
