"""Code lists: text → lines and faults → editions, each from a day on → what holds on a day.

A list is made of a base and of parts that single countries hand in; of each there may be several
editions, the next one standing beside the one in force until its day comes.
"""

from exchange_node.wco.codelists.comparing import Change, Difference, compare
from exchange_node.wco.codelists.lists import (
    COUNTRIES,
    HS,
    NO_EQUAL,
    OF_MEMBERS,
    OFFICES,
    PROCEDURES,
    Code,
    CodeLists,
    Edition,
    Place,
    code_lists_of,
)
from exchange_node.wco.codelists.reading import (
    COLUMNS,
    decode,
    edition_of,
    place_of,
    read_code_lists,
    read_list,
    write_list,
)

__all__ = [
    "COLUMNS",
    "COUNTRIES",
    "HS",
    "NO_EQUAL",
    "OFFICES",
    "OF_MEMBERS",
    "PROCEDURES",
    "Change",
    "Code",
    "CodeLists",
    "Difference",
    "Edition",
    "Place",
    "code_lists_of",
    "compare",
    "decode",
    "edition_of",
    "place_of",
    "read_code_lists",
    "read_list",
    "write_list",
]
