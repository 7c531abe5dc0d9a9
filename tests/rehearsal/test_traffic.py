from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import RehearsalError
from exchange_node.domain.finding import Severity
from exchange_node.domain.identifiers import ContainerNumber, Mrn
from exchange_node.rehearsal.traffic import Traffic, crowd, offices_in
from exchange_node.rehearsal.traffic.declarations import declaration_of, facts_of
from exchange_node.rehearsal.traffic.numbers import SHAPES
from exchange_node.rehearsal.traffic.routes import COUNTRIES
from exchange_node.rehearsal.traffic.submitting import submit
from exchange_node.risk.keys import LIKENESS, KeyKind, keys_of_manifest
from exchange_node.wco.document import read
from exchange_node.wco.manifest_view import read_manifest
from tests.world import OFFICES, Pair

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
LISTED = offices_in(OFFICES.read_text(encoding="utf-8"))


def traffic(seed: int = 7, recipient: str = "UZ") -> Traffic:
    return Traffic(seed=seed, offices=LISTED, begin=BEGIN, sender="KZ", recipient=recipient)


@given(seed=st.integers(0, 9999), number=st.integers(1, 10**6))
def test_laws_a_movement_is_the_same_whatever_was_drawn_before(seed: int, number: int) -> None:
    (alone,) = traffic(seed).movements(1, first=number)
    *_, last = traffic(seed).movements(3, first=max(1, number - 2))
    beside = last if number > 2 else traffic(seed).movement(number)

    assert alone == beside


@given(seed=st.integers(0, 9999), number=st.integers(1, 10**6))
def test_laws_numbers_carry_their_check_digits_and_offices_are_on_the_list(
    seed: int, number: int
) -> None:
    one = traffic(seed).movement(number)

    assert Mrn.parse(one.mrn).country == "KZ"
    assert one.container in {"", ContainerNumber.parse(one.container or "ALTU2045171").value}
    assert set(one.manifest.offices) <= {office.code for office in LISTED}
    assert one.released_at < one.expected_arrival <= one.limit
    assert one.released_at >= BEGIN
    assert len(one.seals) in {1, 2, 4}


def test_no_movement_number_comes_twice_and_another_seed_makes_others() -> None:
    of_seven = {one.mrn for one in traffic(7).movements(3000)}
    of_eight = {one.mrn for one in traffic(8).movements(3000)}

    assert (len(of_seven), len(of_seven & of_eight)) == (3000, 0)


def test_a_tenth_of_the_traders_has_most_of_the_traffic() -> None:
    consignors = Counter(one.consignor.id for one in traffic().movements(6000))

    first = sum(count for _, count in consignors.most_common(400))

    assert 0.5 < first / 6000 < 0.9
    assert len(consignors) > 800


def test_lorries_come_from_all_eleven_countries_and_come_again() -> None:
    drawn = list(traffic().movements(6000))

    flags = Counter(one.nationality for one in drawn)
    plates = Counter(one.tractor for one in drawn)

    assert set(flags) == set(SHAPES) == set(COUNTRIES)
    assert 0.4 < flags["KZ"] / 6000 < 0.7
    assert len(drawn) - len(plates) > 300


def test_no_lorry_drives_more_than_another_because_its_carrier_is_large() -> None:
    journeys = Counter(one.tractor for one in traffic().movements(20_000))

    assert journeys.most_common(1)[0][1] < 10


def test_companies_of_a_country_seldom_share_a_name() -> None:
    names = {crowd.trader("UZ", "consignee", at).name for at in range(crowd.TRADERS)}

    assert len(names) > 0.9 * crowd.TRADERS


def test_a_day_has_as_many_releases_as_were_asked_for() -> None:
    days = Counter(one.released_at.date() for one in traffic().movements(3000))

    assert days == {BEGIN.date(): 1500, (BEGIN + timedelta(days=1)).date(): 1500}


def test_a_declaration_is_mapped_without_a_finding_and_says_what_the_row_says() -> None:
    bench = nodes.workbench(Path("nowhere"))
    # The first of each flag: plates of the eleven countries, with containers and without.
    drawn = list({one.nationality: one for one in reversed([*traffic().movements(300)])}.values())
    assert len(drawn) == len(COUNTRIES)
    assert {bool(one.container) for one in drawn} == {True, False}

    for one in drawn:
        mapped = bench.map(declaration_of(one), facts=facts_of(one), country="KZ")
        view = read_manifest(read(mapped.document))

        errors = [found.text for found in mapped.findings if found.severity is Severity.ERROR]
        assert errors == []
        # Names go into Latin letters on the way, and parties lose their national numbers.
        asked = set(KeyKind) - {KeyKind.PARTY, KeyKind.NAME, *LIKENESS}
        keys = {key for key in keys_of_manifest(one.manifest) if key.kind in asked}
        assert {key for key in keys_of_manifest(view) if key.kind in asked} == keys
        assert view.expected_arrival is not None


def test_there_is_no_way_where_the_list_has_no_border_post() -> None:
    with pytest.raises(RehearsalError, match="no entries and no destinations of KZ to GE"):
        traffic(recipient="GE")


def test_made_up_traffic_is_taken_once_by_a_node_in_test(pair: Pair) -> None:
    national = Actor(name="national", roles=frozenset({Role.SUBMITTER}))

    states = submit(pair.kz, national, traffic(), 3)
    again = submit(pair.kz, national, traffic(), 3)
    pair.run()

    assert (states, again) == ({"queued": 3}, {"queued": 3})
    post = Actor(name="post", roles=frozenset({Role.BORDER_POST}))
    arrivals = pair.uz.enquiry.prearrival(post)["arrivals"]
    wanted = {one.mrn for one in traffic().movements(3)}
    assert {one["movement"].rpartition("/")[2] for one in arrivals} == wanted


def test_traffic_of_another_country_is_not_taken(pair: Pair) -> None:
    national = Actor(name="national", roles=frozenset({Role.SUBMITTER}))

    with pytest.raises(RehearsalError, match=r"is that of customs\.uz"):
        submit(pair.uz, national, traffic(), 1)


def test_the_command_writes_the_same_files_for_the_same_seed(tmp_path: Path) -> None:
    asked = ["simulate", "traffic", "--movements", "2", "--seed", "5", "--begin", "2026-03-01"]
    for name in ("one", "two"):
        done = CliRunner().invoke(cli, [*asked, "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert json.loads(done.output)["files"] == 4

    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two


def test_the_command_writes_manifests(tmp_path: Path) -> None:
    asked = ["simulate", "traffic", "--movements", "1", "--out", str(tmp_path)]

    done = CliRunner().invoke(cli, [*asked, "--kind", "manifest"])

    assert done.exit_code == 0, done.output
    (path,) = tmp_path.iterdir()
    assert read_manifest(read(path.read_bytes())).movement.value == path.stem


def test_the_command_wants_to_know_where_it_goes() -> None:
    done = CliRunner().invoke(cli, ["simulate", "traffic", "--movements", "1"])

    assert done.exit_code == 2
    assert "--out" in done.output


def test_declarations_of_a_country_without_a_profile_are_refused() -> None:
    asked = ["simulate", "traffic", "--movements", "1", "--from", "UZ", "--to", "KZ", "--submit"]

    done = CliRunner().invoke(cli, asked)

    assert done.exit_code == 1
    assert "for KZ alone" in done.output
