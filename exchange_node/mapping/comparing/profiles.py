"""What two profiles fill differently: only one of them, other source, conversion or condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from exchange_node.mapping.comparing.fills import Fill, fills_of
from exchange_node.mapping.profile.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One way that two profiles fill one element differently.

    Attributes:
        what: only in A, only in B, source, conversion or condition.
        one, other: what each of them has there; empty where it has nothing.
        rule, other_rule: the lines.
    """

    target: str
    what: str
    one: str = ""
    other: str = ""
    rule: str = ""
    other_rule: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return plain values, for JSON."""
        return {name: value for name, value in asdict(self).items() if value}


ONLY_A, ONLY_B = "only in A", "only in B"
ASPECTS = ("source", "conversion", "condition")


def compare_profiles(one: Profile, other: Profile) -> tuple[Contrast, ...]:
    """Compare by what is filled with what; in the order of the first profile's elements."""
    ours, theirs = fills_of(one), fills_of(other)
    return tuple(
        contrast
        for target in dict.fromkeys([*ours, *theirs])
        for contrast in _of(target, ours.get(target, ()), theirs.get(target, ()))
    )


def _of(target: str, ours: Sequence[Fill], theirs: Sequence[Fill]) -> Iterator[Contrast]:
    left, right = list(ours), list(theirs)
    # Lines that are the same cancel; then those that share most are held against each other.
    for shares in (
        ("source", "conversion", "condition"),
        ("source", "conversion"),
        ("source",),
        (),
    ):
        for fill in list(left):
            twin = next((one for one in right if _are_alike(fill, one, shares)), None)
            if twin is None:
                continue
            left.remove(fill)
            right.remove(twin)
            for aspect in ASPECTS:
                mine, yours = getattr(fill, aspect), getattr(twin, aspect)
                if mine != yours:
                    yield Contrast(
                        target=target, what=aspect, one=mine, other=yours, rule=fill.rule,
                        other_rule=twin.rule,
                    )  # fmt: skip
    for fill in left:
        yield Contrast(target=target, what=ONLY_A, one=_whole(fill), rule=fill.rule)
    for fill in right:
        yield Contrast(target=target, what=ONLY_B, other=_whole(fill), other_rule=fill.rule)


def _are_alike(one: Fill, other: Fill, shares: Sequence[str]) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in shares)


def _whole(fill: Fill) -> str:
    return "; ".join(filter(None, [fill.source, fill.conversion, fill.condition]))
