"""A node that was built → its lasting objects set aside, so that no later work walks through them.

Registry, schemas, profiles, code lists and the libraries themselves are some 190,000 objects that
live as long as the process. Whoever makes many objects in a short time (a declaration of 999 items
is 170,000) sets off full collections, and each of them would walk through all of these again: with
999 items that was more than a third of the CPU, with 100 items a tenth.
"""

from __future__ import annotations

import gc

BETWEEN = 1_500
"""Objects that are made between two collections of the youngest (our choice; Python has 700).

With 999 items it saves another seventh of the CPU and costs 7 MB; of 3,000 the gain was the same
and the price three times as much.
"""


def settle() -> None:
    """Set everything aside that is held now; what is made from here on is collected as ever.

    For a process that serves, once it is built. What is garbage by now is collected first: what is
    set aside is never looked at again.
    """
    gc.collect()
    gc.freeze()
    _, *older = gc.get_threshold()
    gc.set_threshold(BETWEEN, *older)
