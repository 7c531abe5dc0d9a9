from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.config.shipped import rule_set
from exchange_node.domain.agreement import AutomatedDecision
from exchange_node.risk.deciding.draws import Draw, commitment_to, is_over, number_for
from exchange_node.risk.deciding.rules import (
    FLOOR_PER_MILLION,
    Ground,
    RuleSet,
    flaw,
    rules_from,
)
from exchange_node.risk.deciding.ruling import (
    DRAWN,
    NO_HIT,
    UNVERIFIABLE_REASON,
    Inputs,
    Weighed,
    inputs_from,
    rule_on,
)

RULES = rule_set()
DIGEST = RULES.digest
DAY = date(2026, 3, 2)

HITS = st.lists(
    st.builds(
        Weighed,
        alert=st.text(min_size=1, max_size=4),
        issuer=st.sampled_from(["customs.kz", "customs.uz"]),
        subject=st.integers(1, 3),
        severity=st.integers(0, 6),
        ground=st.sampled_from(Ground),
        automated=st.sampled_from(AutomatedDecision),
    ),
    max_size=5,
)
DRAWS = st.none() | st.builds(
    Draw,
    day=st.dates(),
    rules=st.just(DIGEST),
    number=st.integers(0, 2**64 - 1),
    per_million=st.integers(0, 1_000_000),
    is_verifiable=st.booleans(),
)
INPUTS = st.builds(
    Inputs,
    movement=st.text(max_size=8),
    test=st.booleans(),
    rules=st.just(DIGEST),
    hits=HITS.map(tuple),
    draw=DRAWS,
)


def drawn(per_million: int = 1_000_000, *, is_verifiable: bool = True) -> Draw:
    return Draw(
        day=DAY, rules=DIGEST, number=5, per_million=per_million, is_verifiable=is_verifiable
    )


def inputs(*hits: Weighed, draw: Draw | None = None) -> Inputs:
    return Inputs(movement="KZ/mrn/1", test=False, rules=DIGEST, hits=hits, draw=draw)


def hit(severity: int, ground: Ground) -> Weighed:
    return Weighed(alert="A", issuer="customs.uz", subject=1, severity=severity, ground=ground)


@given(INPUTS)
def test_laws_of_a_ruling_what_was_stored_gives_the_same_bytes(one: Inputs) -> None:
    stored = one.octets
    again = inputs_from(stored)

    assert again.octets == stored
    assert rule_on(again, rules_from(RULES.octets)).octets == rule_on(one, RULES).octets


@given(INPUTS, st.data())
def test_laws_of_a_ruling_the_order_of_hits_leaves_no_trace(
    one: Inputs, data: st.DataObject
) -> None:
    shuffled = replace(one, hits=tuple(data.draw(st.permutations(one.hits))))

    assert shuffled.octets == one.octets
    assert rule_on(shuffled, RULES) == rule_on(one, RULES)


@given(INPUTS, st.data())
def test_laws_of_a_ruling_a_byte_that_changes_is_noticed(one: Inputs, data: st.DataObject) -> None:
    octets = bytearray(one.octets)
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] ^= data.draw(st.integers(1, 127))

    try:
        other = inputs_from(bytes(octets))
    except ValueError:
        return
    assert other.octets == bytes(octets) != one.octets
    assert other != one


@given(INPUTS)
def test_laws_of_a_ruling_a_draw_never_lowers_a_channel(one: Inputs) -> None:
    strength = {channel.code: channel.strength for channel in RULES.channels}
    without = rule_on(replace(one, draw=None), RULES)
    outcome = rule_on(one, RULES)

    assert strength[outcome.channel] >= strength[without.channel]
    if outcome.is_drawn:
        assert strength[outcome.channel] >= strength[RULES.share.channel]
        assert set(RULES.share.measures) <= set(outcome.measures)


def test_a_movement_that_is_drawn_says_so_and_names_no_alert() -> None:
    outcome = rule_on(inputs(draw=drawn()), RULES)

    assert (outcome.channel, outcome.rule, outcome.to_confirm) == ("orange", DRAWN, False)
    assert [one.text for one in outcome.reasons] == [
        "drawn at random on 2026-03-02; no alert is the reason and nobody chose it"
    ]


def test_a_draw_that_nobody_can_check_says_so() -> None:
    outcome = rule_on(inputs(draw=drawn(is_verifiable=False)), RULES)

    assert [one.sentence for one in outcome.reasons] == [UNVERIFIABLE_REASON]


def test_what_hits_raise_higher_stays_there_and_is_checked_like_every_drawn_one() -> None:
    outcome = rule_on(inputs(hit(1, Ground.IDENTIFICATION), draw=drawn()), RULES)

    assert (outcome.channel, outcome.rule, outcome.is_drawn) == ("red", "CH-10", True)
    assert "FULL_CHECK_LIST" in outcome.measures
    assert [one.rule for one in outcome.reasons] == ["CH-10", DRAWN]


def test_what_is_not_drawn_leaves_the_channel_quiet() -> None:
    outcome = rule_on(inputs(draw=drawn(per_million=0)), RULES)

    assert (outcome.channel, outcome.rule, outcome.is_drawn) == ("green", NO_HIT, False)


def test_inputs_of_other_rules_are_not_decided_on() -> None:
    with pytest.raises(ValueError, match="another rule set"):
        rule_on(replace(inputs(), rules="0" * 64), RULES)


@pytest.mark.parametrize(
    "octets",
    [b"", b"[]", b"null", b'{"function":1}', b'{"draw":3}', inputs().octets + b" ", b"\xff"],
)
def test_what_is_stored_otherwise_is_no_inputs(octets: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        inputs_from(octets)


def test_inputs_of_another_function_are_not_decided_on_by_this_one() -> None:
    plain = json.loads(inputs().octets)
    other = json.dumps({**plain, "function": 2}, sort_keys=True, separators=(",", ":"))

    with pytest.raises(ValueError, match="of this function"):
        inputs_from(other.encode())


@pytest.mark.parametrize("per_million", [5_000, 10_000, 200_000])
def test_of_many_movements_the_share_is_drawn(per_million: int) -> None:
    key, count = bytes(range(32)), 20_000
    draws = [
        replace(
            drawn(per_million), number=number_for(key, f"KZ/mrn/{one}", DIGEST, test=False)
        ).is_drawn
        for one in range(count)
    ]
    expected = count * per_million / 1_000_000

    assert abs(sum(draws) - expected) < 5 * expected**0.5


def test_a_draw_is_what_the_page_tells_others_to_compute() -> None:
    key = bytes(range(32))
    text = f"KZ/mrn/26KZ55010100041703|production|{DIGEST}".encode()
    digits = hmac.new(key, text, hashlib.sha256).hexdigest()[:16]

    number = number_for(key, "KZ/mrn/26KZ55010100041703", DIGEST, test=False)
    assert number == int(digits, 16)
    assert commitment_to(key) == hashlib.sha256(key).hexdigest()


def test_test_and_production_are_drawn_apart() -> None:
    key = bytes(32)

    assert number_for(key, "m", DIGEST, test=True) != number_for(key, "m", DIGEST, test=False)


def test_a_day_is_over_at_midnight_in_utc() -> None:
    assert not is_over(DAY, datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC))
    assert is_over(DAY, datetime(2026, 3, 3, tzinfo=UTC))


def test_the_shipped_rules_are_sound_and_draw_in_production() -> None:
    assert flaw(RULES) is None
    assert RULES.share.of(test=False) >= FLOOR_PER_MILLION
    assert rules_from(RULES.octets) == RULES


@pytest.mark.parametrize("octets", [b"{}", b"[]", b"1", RULES.octets + b"\n"])
def test_what_is_no_rule_set_is_none(octets: bytes) -> None:
    with pytest.raises(ValueError, match="rule set"):
        rules_from(octets)


def changed(**share: object) -> RuleSet:
    return replace(RULES, share=replace(RULES.share, **share))  # type: ignore[arg-type]  # any


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        (changed(per_million=FLOOR_PER_MILLION - 1), "random.per_million"),
        (changed(per_million=1_000_001), "random.per_million"),
        (changed(test_per_million=-1), "random.test_per_million"),
        (changed(channel="green"), "random.channel"),
        (changed(channel="violet"), "random.channel"),
        (replace(RULES, quiet="blue"), "quiet"),
        (replace(RULES, channels=(*RULES.channels, RULES.channels[0])), "channel"),
        (replace(RULES, lines=RULES.lines[1:]), "line"),
        (replace(RULES, lines=(*RULES.lines, replace(RULES.lines[0], rule="CH-11"))), "line"),
        (
            replace(
                RULES,
                lines=tuple(
                    replace(one, channel="red") if one.rule == "CH-30" else one
                    for one in RULES.lines
                ),
            ),
            "line CH-30",
        ),
    ],
)
def test_unsound_rules_are_named_with_their_place(rules: RuleSet, place: str) -> None:
    found = flaw(rules)

    assert found is not None
    assert found[0] == place
