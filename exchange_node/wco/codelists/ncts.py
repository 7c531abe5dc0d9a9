"""Our rules → the functional error codes of NCTS, for systems that speak those.

A code of ours says more than one of NCTS and is never made out of it. Where NCTS knows nothing of
the kind (agreements, document seals, what this node does with what it was told) there is none.

Source: NCTS phase 5, functional errors of IE906 and IE056 (code list 180): 12, 13, 14, 15, 26, 50,
90, 92, 93. The codes are in `wco_schemas/codelists/ncts_errors.tsv`; which rule is which is ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_CODE_LIST, _MISSING, _RULE, _NOT_ALLOWED, _DUPLICATE = "12", "13", "14", "15", "26"
_TRANSITION, _UNKNOWN, _SEQUENCE, _NUMBER = "50", "90", "92", "93"

CODES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("R112", "R113", "R114", "R115", "R116"), _CODE_LIST),
        **dict.fromkeys(("R010", "R024", "R101", "R102", "R111", "R301", "R504"), _MISSING),
        **dict.fromkeys(("R022", "R105", "R106", "R107", "R108"), _NOT_ALLOWED),
        **dict.fromkeys(("R025", "R026", "R027"), _TRANSITION),
        **dict.fromkeys(("F003", "F010", "F013", "F021", "F023", "F033", "F035", "F054", "F059"),
                        _DUPLICATE),
        **dict.fromkeys(("F051", "F055", "F057"), _UNKNOWN),
        **dict.fromkeys(("F050", "F058"), _SEQUENCE),
        **dict.fromkeys(("R207", "R208"), _NUMBER),
    }
)  # fmt: skip
_OF_A_DOCUMENT = re.compile(r"CAREC-(?:R[1-5]\d\d|F06[1-8]|X\d{3})")
"""What is wrong with a document by a rule: its values and formats, and how they fit together."""


def ncts_error(code: str) -> str:
    """Return the functional error code of NCTS (an..2) for a rule of ours; empty for none."""
    said = CODES.get(code.removeprefix("CAREC-"), "")
    return said or (_RULE if _OF_A_DOCUMENT.fullmatch(code) else "")
