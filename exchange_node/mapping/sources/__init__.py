"""The bytes of a declaration → a tree of named nodes, whatever notation they are in.

sniff the kind → parse, as far as that needs no profile → read by a profile: names, levels, groups.
Every notation becomes the same `Source`, so nothing behind this room knows which it was.
"""

from exchange_node.mapping.sources.opening import Opened, opened

__all__ = ["Opened", "opened"]
