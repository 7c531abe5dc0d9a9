from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.config.shipped import rule_set
from exchange_node.domain.agreement import AutomatedDecision
from exchange_node.domain.decision import Channel, Decision, Hit, Match
from exchange_node.risk import decision as deciding
from exchange_node.risk.deciding.ruling import LEFT, NO_HIT
from exchange_node.risk.decision import IDENTIFYING, reasons, stricter, told_without

PAGE = Path(__file__).resolve().parents[2] / "docs" / "alerts.md"
RULES = rule_set()
TABLE = RULES.lines
ORDER = [Channel.GREEN, Channel.BLUE, Channel.ORANGE, Channel.RED]


def decide(hits: Iterable[Hit]) -> Decision:
    return deciding.decide(hits, RULES)


def hit(severity: int, *criteria: str, alert: str = "A-1", subject: int = 1) -> Hit:
    return Hit(
        alert_id=alert,
        issuer="customs.uz",
        subject=subject,
        severity=severity,
        matches=tuple(
            Match(criterion=one, alerted="x", found="X", compared="X", pointer="Declaration/ID")
            for one in criteria
        ),
        is_name_only=set(criteria) <= {"party_name", "party_role"},
    )


def test_without_a_hit_the_channel_is_green() -> None:
    decision = decide([])

    assert (decision.channel, decision.rule, decision.hits) == (Channel.GREEN, "CH-00", ())
    assert [one.text for one in reasons(decision)] == ["no live alert fits this consignment"]


@pytest.mark.parametrize(
    ("severity", "criteria", "channel", "rule"),
    [
        (1, ("means_id",), Channel.RED, "CH-10"),
        (2, ("equipment_id", "commodity_prefix"), Channel.RED, "CH-10"),
        (2, ("party_id", "party_name"), Channel.RED, "CH-10"),
        (3, ("customs_seal",), Channel.ORANGE, "CH-20"),
        (4, ("movement",), Channel.ORANGE, "CH-20"),
        (1, ("party_name",), Channel.ORANGE, "CH-30"),
        (4, ("party_name", "party_role"), Channel.ORANGE, "CH-30"),
        (1, ("party_name", "commodity_prefix"), Channel.ORANGE, "CH-40"),
        (3, ("description", "offices"), Channel.ORANGE, "CH-40"),
        (4, ("commodity_prefix", "origin"), Channel.BLUE, "CH-50"),
        (0, ("trailer_id",), Channel.RED, "CH-10"),
        (9, ("trailer_id",), Channel.ORANGE, "CH-20"),
    ],
)
def test_the_table_gives_the_channel(
    severity: int, criteria: tuple[str, ...], channel: Channel, rule: str
) -> None:
    decision = decide([hit(severity, *criteria)])

    assert (decision.channel, decision.rule) == (channel, rule)


def test_the_strongest_hit_decides_and_stands_first() -> None:
    weak, strong = hit(4, "description", alert="B"), hit(1, "means_id", alert="C")

    decision = decide([weak, strong])

    assert decision.channel == Channel.RED
    assert decision.hits == (strong, weak)
    assert [(one.rule, one.text) for one in reasons(decision)] == [
        ("CH-10", "alert C of customs.uz, severity 1, identifies this consignment"),
        ("CH-50", "alert B of customs.uz, severity 4, describes such a consignment"),
    ]


def test_a_name_alone_and_a_probable_container_are_for_a_person_to_confirm() -> None:
    probable = replace(
        hit(1, "equipment_id"),
        matches=(replace(hit(1, "equipment_id").matches[0], score=0.9),),
    )

    named, likely, sure = (
        decide([hit(1, "party_name")]),
        decide([probable]),
        decide([hit(1, "means_id")]),
    )

    assert (named.channel, named.rule, named.to_confirm) == (Channel.ORANGE, "CH-30", True)
    assert (likely.channel, likely.rule, likely.to_confirm) == (Channel.ORANGE, "CH-25", True)
    assert (sure.channel, sure.rule, sure.to_confirm) == (Channel.RED, "CH-10", False)


def test_the_table_covers_every_ground_and_severity_once() -> None:
    pairs = [(line.ground, severity) for line in TABLE for severity in line.severities]

    assert len(pairs) == len(set(pairs)) == 4 * 4
    assert NO_HIT not in {line.rule for line in TABLE}


@pytest.mark.parametrize("line", TABLE, ids=lambda one: one.rule)
def test_the_page_prints_the_table(line: object) -> None:
    page = PAGE.read_text(encoding="utf-8")
    severities = ", ".join(str(one) for one in line.severities)  # type: ignore[attr-defined]

    row = f"| `{line.rule}` | {line.ground} | {severities} | {line.channel} |"  # type: ignore[attr-defined]
    assert row in page


HITS = st.builds(
    lambda severity, criteria, alert, subject: hit(
        severity, *sorted(criteria), alert=alert, subject=subject
    ),
    st.integers(1, 4),
    st.sets(
        st.sampled_from([*sorted(IDENTIFYING), "party_name", "description", "origin"]), min_size=1
    ),
    st.sampled_from(["A", "B"]),
    st.integers(1, 3),
)


@given(st.data())
def test_laws_of_the_decision_the_order_of_the_hits_does_not_matter(data: st.DataObject) -> None:
    hits = data.draw(st.lists(HITS, max_size=6, unique_by=lambda one: (one.alert_id, one.subject)))
    shuffled = data.draw(st.permutations(hits))

    assert decide(hits) == decide(shuffled)


@given(st.lists(HITS, max_size=5), HITS)
def test_laws_of_the_decision_one_more_hit_never_lowers_the_channel(
    hits: list[Hit], more: Hit
) -> None:
    before, after = decide(hits).channel, decide([*hits, more]).channel

    assert ORDER.index(Channel(after)) >= ORDER.index(Channel(before))


FORBID, WITH_HUMAN = AutomatedDecision.FORBID, AutomatedDecision.WITH_HUMAN


def test_what_may_not_decide_raises_no_channel_and_is_left_to_an_officer() -> None:
    forbidden = replace(hit(1, "means_id"), automated=FORBID)

    decision = decide([forbidden])

    assert (decision.channel, decision.rule, decision.hits) == (Channel.GREEN, LEFT, (forbidden,))
    assert not decision.to_confirm
    assert [one.text for one in reasons(decision)] == [
        "alert A-1 of customs.uz, severity 1, fits; an officer has to decide"
    ]


def test_what_may_not_decide_stands_behind_what_may() -> None:
    forbidden = replace(hit(1, "means_id"), automated=FORBID)
    weak = hit(4, "description", alert="B")

    decision = decide([forbidden, weak])

    assert (decision.channel, decision.rule) == (Channel.BLUE, "CH-50")
    assert decision.hits == (weak, forbidden)


@pytest.mark.parametrize(
    ("also", "to_confirm"),
    [([], True), ([hit(4, "movement", alert="B")], True), ([hit(1, "movement", alert="B")], False)],
)
def test_what_a_person_has_to_confirm_says_so_until_something_else_leads_as_far(
    also: list[Hit], *, to_confirm: bool
) -> None:
    decision = decide([replace(hit(1, "means_id"), automated=WITH_HUMAN), *also])

    assert (decision.channel, decision.to_confirm) == (Channel.RED, to_confirm)


def test_the_stricter_agreement_counts() -> None:
    assert stricter(AutomatedDecision.ALLOW, WITH_HUMAN) is WITH_HUMAN
    assert stricter(FORBID, WITH_HUMAN) is FORBID
    assert stricter() is AutomatedDecision.ALLOW


def test_the_page_prints_what_is_left_to_an_officer() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert f"| `{LEFT}` | only what may not decide by itself | | green |" in page


@given(st.lists(HITS, max_size=5), st.lists(HITS, max_size=3))
def test_laws_of_the_decision_what_is_forbidden_changes_no_channel(
    hits: list[Hit], more: list[Hit]
) -> None:
    forbidden = [replace(one, automated=FORBID) for one in more]

    before, after = decide(hits), decide([*hits, *forbidden])

    assert (after.channel, after.to_confirm) == (before.channel, before.to_confirm)


@given(st.lists(HITS, max_size=6))
def test_laws_of_the_decision_nothing_is_red_without_an_identification(hits: list[Hit]) -> None:
    identified = any(match.criterion in IDENTIFYING for one in hits for match in one.matches)

    assert decide(hits).channel != Channel.RED or identified


@given(st.lists(HITS, max_size=4), st.lists(HITS, min_size=1, max_size=3))
def test_laws_of_the_decision_what_is_kept_back_and_forbidden_leaves_no_trace(
    hits: list[Hit], watched: list[Hit]
) -> None:
    known = [replace(one, automated=FORBID) if one.subject == 3 else one for one in hits]
    hidden = [replace(one, alert_id="W", automated=FORBID) for one in watched]
    with_them, without = decide([*known, *hidden]), decide(known)

    rule, told = told_without(with_them, {("customs.uz", "W")})

    assert (rule, told) == (without.rule, reasons(without))
    assert with_them.channel == without.channel
    assert with_them.to_confirm == without.to_confirm
    assert with_them.measures == without.measures


def test_of_what_is_kept_back_and_raised_the_channel_no_reason_is_told() -> None:
    decision = decide([hit(1, "means_id")])

    assert told_without(decision, {("customs.uz", "A-1")}) == ("CH-10", ())
    assert told_without(decision, ()) == ("CH-10", reasons(decision))
