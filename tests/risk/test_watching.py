from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.alerts.alone import Watched, keys_with_subject, unlike_naive
from benchmarks.alerts.drawing import EXACT, NAMES, Desk
from exchange_node.config.shipped import shipped
from exchange_node.domain.alert import RiskAlert, Subject
from exchange_node.domain.manifest import TransitManifest
from exchange_node.rehearsal.traffic import Traffic, offices_in
from exchange_node.risk.keys import KeyKind, keys_of_manifest
from exchange_node.risk.matching import match
from exchange_node.risk.names.keys import name_keys, near_to
from exchange_node.risk.names.reading import MOST_LETTERS, read
from exchange_node.risk.places import folded_words
from exchange_node.risk.watching import Watching

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture(name="traffic", scope="module")
def _traffic() -> Traffic:
    listed = shipped("wco_schemas", "codelists", "samples", "customs_offices.tsv")
    offices = offices_in(listed.read_text(encoding="utf-8"))
    return Traffic(seed=1, sender="KZ", recipient="UZ", offices=offices, begin=AT)


def watched(alerts: Iterator[RiskAlert]) -> Watched:
    everything = Watched(AT)
    for number, alert in enumerate(alerts, start=1):
        everything.add(number, alert)
    return everything


@pytest.mark.parametrize("kind", [EXACT, NAMES])
def test_what_is_watched_for_is_found_as_a_loop_over_all_alerts_finds_it(
    traffic: Traffic, kind: str
) -> None:
    desk = Desk(traffic=traffic, kind=kind, movements=30, at=AT)
    everything = watched(desk.alert(number, on_the_road=0.5) for number in range(1, 121))
    manifests = [one.manifest for one in traffic.movements(30)]

    found = [everything.hits(one) for one in manifests]

    assert found == [everything.naive(one) for one in manifests]
    assert any(found)
    assert unlike_naive(everything, manifests, 500) == 0


def test_a_name_that_is_added_later_is_found_by_a_name_that_was_looked_up_before(
    alert: RiskAlert, manifest: TransitManifest
) -> None:
    everything = Watched(AT)
    everything.add(1, replace(alert, subjects=(Subject(party_name="Alna Ltd"),)))
    keys = keys_of_manifest(manifest)
    assert not everything.watching.candidates(keys)

    everything.add(2, replace(alert, subjects=(Subject(party_name="ТОО «Транзитт»"),)))

    assert everything.watching.candidates(keys) == {2: {1}}


def test_an_alert_that_is_dropped_is_found_no_more(
    alert: RiskAlert, manifest: TransitManifest
) -> None:
    subjects = (
        Subject(party_name="Alma Ltd"),
        Subject(means_id="45CD99"),
        Subject(description="ткани"),
    )
    watching = Watching()
    for number in (1, 2):
        watching.add(number, keys_with_subject(replace(alert, subjects=subjects)))
    keys = keys_of_manifest(manifest)
    assert watching.candidates(keys) == {1: {1, 2, 3}, 2: {1, 2, 3}}

    watching.drop(1)

    assert 1 not in watching
    assert len(watching) == 1
    assert watching.candidates(keys) == {2: {1, 2, 3}}


def test_only_the_subjects_that_were_named_are_tried(
    alert: RiskAlert, manifest: TransitManifest
) -> None:
    fits = Subject(means_id="45CD99")
    twice = replace(alert, subjects=(fits, fits))

    assert [one.subject for one in match(twice, manifest, AT)] == [1, 2]
    assert [one.subject for one in match(twice, manifest, AT, only={2})] == [2]


def test_a_name_too_long_to_be_cut_twice_alike_is_tried_by_its_sounds(
    alert: RiskAlert, manifest: TransitManifest
) -> None:
    long = "ﷺ" * MOST_LETTERS
    watching = Watching()
    subject = Subject(party_name=long)
    keys = list(keys_with_subject(replace(alert, subjects=(subject,))))
    watching.add(1, keys)

    sounds = [(kind, value) for kind, value, _ in keys if kind == KeyKind.SOUND]

    assert sounds
    assert all(watching.candidates([one]) == {1: {1}} for one in sounds)
    assert not watching.candidates(keys_of_manifest(manifest))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | st.text("Айдаров ﬁß'ʼİǅĳ．́-.", max_size=40))
def test_a_folded_name_is_read_as_the_name_itself(name: str) -> None:
    folded = folded_words(name)

    assert name_keys(folded) == name_keys(name)
    assert read(folded) == read(name)


def test_a_name_that_is_cut_before_it_is_compared_may_fit() -> None:
    long = "Алма " * MOST_LETTERS

    assert near_to("alma ltd")(long)
    assert near_to(long)("alma ltd")
    assert near_to("алма")("alma")
    assert not near_to("olim")("alma ltd")
