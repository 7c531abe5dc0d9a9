from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from exchange_node.store.database import transaction
from exchange_node.store.records import manifests
from exchange_node.store.records.search import candidates
from exchange_node.store.records.search.candidates import Sought
from exchange_node.store.records.search.keyed import ANY, MOST

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

Pair = tuple[str, str]


@pytest.fixture(name="file")
def _file(make: Makers, vault: Vault) -> Callable[..., int]:
    def file(conn: Connection, name: str, *keys: Pair) -> int:
        held = make.manifest(movement=f"KZ/mrn/{name}", message_id=f"{name}@x")
        return manifests.file(conn, held, keys, b"sealed", vault).number

    return file


def group(*keys: Pair) -> frozenset[Pair]:
    return frozenset(keys)


NOTHING = Sought([group()])


def test_any_key_of_any_subject_makes_a_candidate_and_the_newest_comes_first(
    database: Engine, file: Callable[..., int]
) -> None:
    with transaction(database) as conn:
        first = file(conn, "a", ("means", "AAA"), ("seal", "1"))
        second = file(conn, "b", ("means", "BBB"), ("seal", "2"))
        file(conn, "c", ("means", "CCC"))
        either = [Sought([group(("seal", "2"), ("means", "AAA"))])]
        by_subject = [
            Sought([group(("seal", "1"), ("means", "AAA"))]),
            Sought([group(("seal", "2"))]),
        ]

        for sought in (either, by_subject):
            assert candidates.newest(conn, sought, limit=9) == [second, first]
            assert candidates.newest(conn, sought, limit=1) == [second]
            assert candidates.newest(conn, sought, below=second, limit=9) == [first]
            assert candidates.count(conn, sought) == 2
            assert candidates.count(conn, sought, below=second) == 1
        assert candidates.newest(conn, [Sought([group(("seal", "AAA"))])], limit=9) == []


def test_a_subject_with_no_group_seeks_everything_and_one_that_is_not_looked_for_nothing(
    database: Engine, file: Callable[..., int]
) -> None:
    with transaction(database) as conn:
        numbers = [file(conn, name) for name in "abc"]

        assert candidates.newest(conn, [Sought([]), NOTHING], limit=9) == numbers[::-1]
        assert candidates.newest(conn, [Sought([])], below=numbers[1], limit=9) == numbers[:1]
        assert candidates.count(conn, [Sought([])]) == 3
        assert candidates.newest(conn, [NOTHING], limit=9) == []
        assert candidates.count(conn, [NOTHING]) == 0


def test_what_lacks_a_key_of_a_further_group_is_left_out_unless_it_is_too_old_to_tell(
    database: Engine, file: Callable[..., int]
) -> None:
    with transaction(database) as conn:
        both = file(conn, "a", ("name", "alma"), ("office", "UZ1"))
        file(conn, "b", ("name", "alma"), ("office", "UZ2"))
        old = file(conn, "c", ("name", "alma"), (ANY, ANY))
        sought = [Sought([group(("name", "alma")), group(("office", "UZ1"), ("office", "UZ3"))])]

        assert candidates.newest(conn, sought, limit=9) == [old, both]
        assert candidates.count(conn, sought) == 2


def test_whoever_has_only_other_roles_than_the_wanted_is_left_out_unless_nobody_said(
    database: Engine, make: Makers, vault: Vault
) -> None:
    named = ("name", "alma")
    with transaction(database) as conn:

        def file(name: str, *roles: int) -> int:
            held = make.manifest(movement=f"KZ/mrn/{name}", message_id=f"{name}@x")
            said = dict.fromkeys([named] if roles else [], *roles)
            return manifests.file(conn, held, [named], b"sealed", vault, said).number

        consignee, both, _, _, unsaid = (
            file("a", 4), file("b", 4 | 8), file("c", 8), file("d", 0), file("e")
        )  # fmt: skip
        sought = [Sought([group(named)], roles=4)]

        assert candidates.newest(conn, sought, limit=9) == [unsaid, both, consignee]
        assert candidates.newest(conn, sought, limit=2) == [unsaid, both]
        assert candidates.count(conn, sought) == 3
        assert candidates.count(conn, [Sought([group(named)])]) == 5


def test_a_further_group_of_more_than_a_statement_takes_leaves_nothing_out(
    database: Engine, file: Callable[..., int]
) -> None:
    many = group(*(("means", f"{one:04}") for one in range(MOST + 1)))
    with transaction(database) as conn:
        first = file(conn, "a", ("seal", "1"), ("means", "0400"))
        second = file(conn, "b", ("seal", "1"))

        narrowed = candidates.newest(conn, [Sought([group(("seal", "1")), many])], limit=9)

        assert narrowed == [second, first]
        assert candidates.newest(conn, [Sought([many])], limit=9) == [first]
        assert candidates.count(conn, [Sought([many])]) == 1


KINDS = st.tuples(st.sampled_from(["name", "office", "means"]), st.sampled_from("xyz"))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(st.frozensets(KINDS, max_size=4), max_size=6),
    subjects=st.lists(
        st.lists(st.frozensets(KINDS, min_size=1, max_size=3), min_size=1, max_size=3),
        min_size=1,
        max_size=2,
    ),
    portion=st.integers(1, 4),
)
def test_laws_portions_are_what_has_a_key_of_each_group_from_the_newest_down(
    sqlite_database: Engine,
    file: Callable[..., int],
    held: list[frozenset[Pair]],
    subjects: list[list[frozenset[Pair]]],
    portion: int,
) -> None:
    with sqlite_database.connect() as conn, conn.begin() as whole:
        numbers = [file(conn, f"{at}", *keys) for at, keys in enumerate(held)]
        wanted = [
            number
            for number, keys in zip(numbers, held, strict=True)
            if any(all(keys & group for group in groups) for groups in subjects)
        ]

        sought = [Sought(groups) for groups in subjects]
        found: list[int] = []
        while more := candidates.newest(
            conn, sought, below=found[-1] if found else candidates.ABOVE_ALL, limit=portion
        ):
            found += more

        assert found == wanted[::-1]
        assert candidates.count(conn, sought) == len(wanted)
        whole.rollback()


def test_the_index_gives_the_numbers_in_order_and_nothing_is_sorted(
    database: Engine, file: Callable[..., int]
) -> None:
    asked: list[tuple[str, Any]] = []
    named, office = group(("name", "x")), group(("office", "1"))
    with transaction(database) as conn:
        for at in range(60):
            file(conn, f"{at}", ("name", "x"), ("office", f"{at % 7}"))
        conn.execute(text("ANALYZE"))
        if conn.dialect.name == "postgresql":
            conn.execute(text("SET LOCAL enable_seqscan = off"))  # a small table is read whole
            conn.execute(text("SET LOCAL enable_bitmapscan = off"))

        @event.listens_for(conn, "before_cursor_execute")
        def _note(_: object, __: object, statement: str, values: object, *___: object) -> None:
            asked.append((statement, values))

        candidates.newest(conn, [Sought([named, office])], limit=9)
        statement, values = asked[-1]
        how = "EXPLAIN" if conn.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = str(conn.exec_driver_sql(f"{how} {statement}", values).all())

    if database.dialect.name == "postgresql":
        assert "pk_manifest_key" in plan
        assert "Sort" not in plan
    else:
        index = "sqlite_autoindex_manifest_key_1"
        assert f"{index} (kind=? AND value=? AND manifest<?)" in plan
        assert f"{index} (kind=? AND value=? AND manifest=?)" in plan
        assert "TEMP B-TREE" not in plan
