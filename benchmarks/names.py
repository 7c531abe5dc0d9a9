"""`python -m benchmarks.names`: how well names are compared on the list, at several thresholds.

Every two spellings of one kind are scored, without keys; it takes a minute or two. The figures are
the same on every machine, the time is not.
"""

from __future__ import annotations

import sys
from itertools import combinations
from time import perf_counter

from exchange_node.risk.names.comparing import THRESHOLD, score
from tools.doc_names import spellings

SHARES = (0.0005, 0.001, 0.005, 0.02)
"""Pairs of different people that are taken for one."""


def main() -> int:
    """Score the list and print recall by share of false matches."""
    same: list[float] = []
    others: list[float] = []
    begin = perf_counter()
    for one, other in combinations(spellings(), 2):
        if one.kind == other.kind:
            (same if one.who == other.who else others).append(score(one.name, other.name))
    seconds = perf_counter() - begin
    others.sort(reverse=True)
    sys.stdout.write(f"{len(same)} pairs of one, {len(others)} of two, {seconds:.1f} s\n")
    sys.stdout.write("  false  threshold  recall\n")
    for share in SHARES:
        beyond = others[int(len(others) * share)]
        recall = sum(near > beyond for near in same) / len(same)
        sys.stdout.write(f"{share:7.2%}  {beyond:9.4f}  {recall:.3f}\n")
    false = sum(near >= THRESHOLD for near in others) / len(others)
    recall = sum(near >= THRESHOLD for near in same) / len(same)
    sys.stdout.write(f"{false:7.2%}  {THRESHOLD:9.4f}  {recall:.3f}  (the threshold in use)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
