"""What is carried away from a node and checked without it: codes on paper, signed statements.

    code:       a movement and its documents → octets → seal key → capital letters and digits
    statement:  plain values → compressed JSON → seal key → octets; and back

Both are signed with the key of the document seal, each under a heading of its own, so that neither
can be taken for the other, for a document or for an agreement.
"""

from exchange_node.security.carried.code import (
    PREFIX,
    Code,
    Outcome,
    Verified,
    code_in,
    make_code,
    read_code,
    verify_code,
)
from exchange_node.security.carried.statement import Statement, read_statement, write_statement

__all__ = [
    "PREFIX",
    "Code",
    "Outcome",
    "Statement",
    "Verified",
    "code_in",
    "make_code",
    "read_code",
    "read_statement",
    "verify_code",
    "write_statement",
]
