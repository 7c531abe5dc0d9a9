from __future__ import annotations

import functools
import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from exchange_node.config.shipped import library
from exchange_node.domain.finding import Finding, Severity
from exchange_node.domain.message import BusinessAnswer
from exchange_node.mapping.drawn import Origin as ValueOrigin
from exchange_node.mapping.report import Columns, Report
from exchange_node.services.stations.outcomes import Counting, Known
from exchange_node.store.database import open_database
from exchange_node.store.records import quality, submissions
from exchange_node.store.records.held import Direction
from exchange_node.store.records.quality import Asked, What
from exchange_node.store.records.submissions import State, Submission
from exchange_node.store.upgrade import migrate
from exchange_node.wco.document import Document, read
from exchange_node.wco.notation import path_of

NOW = datetime(2026, 3, 2, tzinfo=UTC)
OURS = (
    ("CAREC-R101", "Declaration/ID", Severity.ERROR),
    ("CAREC-R103", "Declaration/Consignment[1]/Consignor/Name", Severity.ERROR),
    ("CAREC-R103", "Declaration/Consignment[2]/Consignor/Name", Severity.ERROR),
    ("CAREC-R104", "Declaration/Consignment[1]/Consignor/Name", Severity.ERROR),
    ("CAREC-R024", "Declaration/ID", Severity.WARNING),
    ("CAREC-R401", "Declaration/TotalGrossMassMeasure", Severity.WARNING),
)
THEIRS = (
    ("CAREC-R113", "Declaration/DeclarationOfficeID", Severity.ERROR),
    ("CAREC-R112", "Declaration/DeclarationOfficeID", Severity.ERROR),
    ("CAREC-R402", "Declaration/ID", Severity.WARNING),
)
OF_PARTNER = {code for code, _, _ in THEIRS}
SUPPLIED = ("Declaration/ID", "Declaration/EntryOffice/ID")
MISSING = {"CAREC-R101", "CAREC-R024"}
NEVER = 99


class Plain:
    """A vault that locks nothing."""

    def lock(self, plain: bytes, context: str) -> bytes:  # noqa: ARG002 - the vault's signature
        return plain

    def unlock(self, locked: bytes, context: str) -> bytes:  # noqa: ARG002 - as above
        return locked


@dataclass
class Step:
    """A declaration that is handed in, or the answer to the one before the last `back`."""

    number: str = ""
    reference: str = ""
    found: list[int] = field(default_factory=list)
    supplied: list[int] = field(default_factory=list)
    back: int = 0
    accepted: bool = True


NAMES = st.sampled_from(["", "A", "B"])
SUBMIT = st.builds(
    Step,
    number=NAMES,
    reference=NAMES,
    found=st.lists(st.integers(0, len(OURS) - 1), max_size=3),
    supplied=st.lists(st.integers(0, 3), max_size=3),
)
ANSWER = st.builds(
    Step,
    found=st.lists(st.integers(0, len(THEIRS) - 1), max_size=3),
    back=st.integers(1, 3),
    accepted=st.booleans(),
)


@functools.cache
def database() -> Engine:
    engine = open_database(f"sqlite:///{Path(tempfile.mkdtemp()) / 'law.db'}")
    migrate(engine)
    return engine


@functools.cache
def known() -> Known:
    return Known(registry=library().registry)


@contextmanager
def undone() -> Iterator[Connection]:
    with database().connect() as conn, conn.begin() as whole:
        yield conn
        whole.rollback()


def document(step: Step) -> Document:
    named = {"ID": step.number, "FunctionalReferenceID": step.reference}
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in named.items() if text)
    return read(
        '<MetaData xmlns="urn:wco:datamodel:WCO:DocumentMetaData-CAREC:1">'
        '<Declaration xmlns="urn:wco:datamodel:WCO:DEC-CAREC:1">'
        f"{inside}</Declaration></MetaData>".encode()
    )


def report(step: Step) -> Report:
    """A report in which values of two fields were supplied by default or by facts."""
    origins = list(ValueOrigin)
    kinds = (ValueOrigin.DEFAULT, ValueOrigin.FACT)
    return Report(
        lambda: Columns(
            profile="law",
            words=["Declaration", "ID", "EntryOffice"],
            frame_up=[-1, 0],
            frame_word=[0, 2],
            frame_place=[0, 0],
            out_frame=[one % 2 for one in step.supplied],
            out_word=[1 for _ in step.supplied],
            out_origin=[origins.index(kinds[one // 2]) for one in step.supplied],
        )
    )


def findings(step: Step, rules: tuple[tuple[str, str, Severity], ...]) -> tuple[Finding, ...]:
    return tuple(
        Finding(code=code, severity=severity, sentence="", mend="", pointer=pointer)
        for code, pointer, severity in (rules[one] for one in step.found)
    )


def recounted(
    stored: list[Submission], steps: dict[str, Step], decided: dict[str, int]
) -> Counter[tuple[str, What, str]]:
    """Count anew what is stored, one document after the other, in the order handed in."""
    counts: Counter[tuple[str, What, str]] = Counter()
    for turn, one in enumerate(stored):
        refused, step = one.state is State.REFUSED, steps[one.submission_id]
        cells = {("", What.ALL, "")}
        before = [
            each
            for each in stored[:turn]
            if is_same(steps[each.submission_id], step)
            and decided.get(each.submission_id, NEVER) < turn_of(one)
        ]
        first = not before or before[-1].state is State.ACCEPTED
        ends = {
            State.REFUSED: (What.REFUSED, What.FIRST_REFUSED),
            State.REJECTED: (What.REJECTED, What.FIRST_REJECTED),
            State.ACCEPTED: (What.ACCEPTED, What.FIRST_ACCEPTED),
        }
        theirs = [found for found in one.findings if found.code in OF_PARTNER]
        if one.state in ends:
            end, first_end = ends[one.state]
            is_remarked = one.state is State.ACCEPTED and theirs
            cells.add(("", What.REMARKED if is_remarked else end, ""))
            cells |= {("", first_end, "")} if first else set()
        cells |= {("", What.FIRST, "")} if first else set()
        for found in one.findings:
            path, stops = path_of(found.pointer), found.severity is Severity.ERROR
            if found.code in OF_PARTNER:
                stops = stops and one.state is State.REJECTED
                what = What.REJECTED if stops else What.NOTED
            else:
                what = What.WRONG if stops else What.WARNED
                what = What.MISSING if found.code in MISSING else what
                if stops and refused:
                    cells.add((path, What.REFUSED, ""))
            cells |= {(path, what, found.code), (path, what, "")}
            if what is not What.REJECTED:
                cells.add(("", what, ""))
        for one_of in step.supplied:
            what = (What.DEFAULTED, What.FILLED)[one_of // 2]
            cells |= {("", what, ""), (SUPPLIED[one_of % 2], what, "")}
        counts.update(cells)
    return counts


def is_same(one: Step, other: Step) -> bool:
    if one.number and other.number:
        return one.number == other.number
    return (one.reference or "file") == (other.reference or "file")


def turn_of(one: Submission) -> int:
    return int(one.submission_id)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.one_of(SUBMIT, ANSWER), max_size=14))
def test_laws_counters_are_what_a_recount_of_what_is_stored_gives(steps: list[Step]) -> None:
    counting = Counting(known=known(), keep=timedelta(days=9))
    of_submission: dict[str, Step] = {}
    decided: dict[str, int] = {}
    turns = itertools.count()
    with undone() as conn:
        for step in steps:
            turn = next(turns)
            if step.back:
                answered(conn, counting, step, list(of_submission), decided, turn)
                continue
            found = findings(step, OURS)
            refused = any(one.is_error for one in found)
            name = str(turn)
            one = Submission(
                submission_id=name,
                submitted_by="law",
                partner="customs.uz",
                format="law",
                state=State.REFUSED if refused else State.QUEUED,
                at=NOW,
                message_id="" if refused else name,
                findings=found,
            )
            tried = counting.tried(conn, one, document(step), b"one file")
            stored = submissions.add(conn, tried, b"one file", b"", Plain())
            counting.handed_in(conn, stored, report(step))
            of_submission[name] = step
            if refused:
                decided[name] = turn
        sums = quality.sums(conn, Asked(direction=Direction.SENT))
        stored_now = [submissions.get(conn, name) for name in of_submission]

    assert {(one.field, one.what, one.rule): one.documents for one in sums} == dict(
        recounted(stored_now, of_submission, decided)
    )


def answered(
    conn: Connection,
    counting: Counting,
    step: Step,
    names: list[str],
    decided: dict[str, int],
    turn: int,
) -> None:
    """Let the partner answer one of the last submissions, perhaps for the second time."""
    if len(names) < step.back:
        return
    name = names[-step.back]
    found = findings(step, THEIRS)
    to = State.ACCEPTED if step.accepted else State.REJECTED
    if submissions.advance(conn, name, to, at=NOW, findings=found):
        decided[name] = turn
        answer = BusinessAnswer(
            reference="r",
            issuer="customs.uz",
            issued_at=NOW,
            message_id=name,
            document_reference="",
            document_id="",
            accepted=step.accepted,
            findings=found,
        )
        counting.answered(conn, answer, NOW)
