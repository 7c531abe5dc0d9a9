"""National XML → a tree of nodes: names without namespaces, texts, lines, positions.

`reading` goes through the parsed document once · `alike` takes elements of one shape together.
"""

from exchange_node.mapping.sources.xml.reading import Xml, split_tag

__all__ = ["Xml", "split_tag"]
