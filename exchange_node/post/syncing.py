"""Post and node meet: records over, certificates and what is expected back, a page at a time.

    records ─▶ receipt · index ─▶ gone are dropped · certificates · pages of what is missing

Each answer is signed by the node and carries the word that this question was asked with, so that
none can be kept back and shown again. Each page is kept as it comes: whoever is cut off, at
whatever byte, goes on with the page that was on its way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange_node.domain.errors import BrokenSealError
from exchange_node.domain.identifiers import folded
from exchange_node.post.line import Line
from exchange_node.post.store import UNKNOWN, WAITING, PostStore
from exchange_node.post.trust import digest_of, trusted_in
from exchange_node.security.carried import Statement, read_statement
from exchange_node.security.certificates import is_valid_at, name_of

RECORDS_AT_A_TIME = 20
"""Records that are handed over in one question (our choice)."""

_ANSWERED = ("merged", "refused", UNKNOWN)

_MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Syncing:
    """One meeting of a post with its node."""

    store: PostStore
    office: str
    party: str
    test: bool
    page: int
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def run(self, line: Line) -> dict[str, Any]:
        """Meet the node; return what came of it. Raises as `Post.sync`."""
        handed = self._hand_over(line)
        before = self.clock()
        known = str(self.store.note("state").get("known", ""))
        index = self._ask(line, "index", f"/api/v1/posts/{self.office}/index", known=known)
        stated = _moment(index.content, "at")
        middle = before + (self.clock() - before) / 2
        ahead = (middle - stated).total_seconds()
        if index.content.get("trust") != digest_of(self.store.note("trust")):
            self._renew_trust(line)
        listed = self._listed(index.content, known)
        dropped, fetched = 0, 0
        if listed is not None:
            gone = [number for number in self.store.tags() if number not in listed]
            with self.store.together():
                self.store.drop(gone)
            dropped = len(gone)
            fetched = self._fetch(line, listed)
        with self.store.together():
            state = {
                "stated_at": stated.isoformat(),
                "ahead": ahead,
                "known": index.content["known"],
            }
            self.store.put_note("state", state)
            self.store.put_note("seen", {"at": self.clock().isoformat()})
        return {
            "stated_at": stated.isoformat(),
            "entries": len(self.store.tags()),
            "fetched": fetched,
            "dropped": dropped,
            "clock_seconds": round(ahead),
            "records": handed,
        }

    def _hand_over(self, line: Line) -> list[dict[str, Any]]:
        """Hand over what waits; what the node did not answer for stays and goes again."""
        answers: list[dict[str, Any]] = []
        waiting = self.store.records(WAITING) + self.store.records(UNKNOWN)
        for start in range(0, len(waiting), RECORDS_AT_A_TIME):
            some = waiting[start : start + RECORDS_AT_A_TIME]
            receipt = self._ask(
                line,
                "receipt",
                f"/api/v1/posts/{self.office}/records",
                {
                    "sent_at": self.clock().isoformat(),
                    "records": [
                        {name: said for name, said in one.plain.items() if name != "answer"}
                        for one in some
                    ],
                },
            )
            told = receipt.content.get("records")
            by_id = {one.get("id"): one for one in told} if isinstance(told, list) else {}
            with self.store.together():
                for one in some:
                    answer = by_id.get(one.record_id)
                    if answer is None or answer.get("state") not in {*_ANSWERED} - {one.state}:
                        continue
                    plain = dict(one.plain) | {"answer": answer}
                    self.store.settle(one.record_id, answer["state"], plain)
                    answers.append(answer)
        return answers

    def _renew_trust(self, line: Line) -> None:
        trust = self._ask(line, "trust", "/api/v1/posts/trust").content.get("trust")
        if not isinstance(trust, dict) or not trusted_in(trust).get(self.party):
            raise BrokenSealError(why="the node states no certificate of its own")
        self.store.put_note("trust", trust)

    def _listed(self, content: Mapping[str, Any], known: str) -> dict[int, str] | None:
        """Return which state of which entry there is; None where nothing has changed."""
        if known and content.get("known") == known and content.get("entries") is None:
            return None
        try:
            listed = {int(number): str(tag) for number, tag in content["entries"]}
        except (KeyError, TypeError, ValueError):
            raise BrokenSealError(why="the index of what is expected cannot be read") from None
        if len(listed) > _MOST_ENTRIES:
            raise BrokenSealError(why=f"the index has {len(listed)} entries")
        return listed

    def _fetch(self, line: Line, listed: Mapping[int, str]) -> int:
        kept = self.store.tags()
        missing = sorted(number for number, tag in listed.items() if kept.get(number) != tag)
        fetched = 0
        while missing:
            some = missing[: self.page]
            numbers = ",".join(str(number) for number in some)
            way = f"/api/v1/posts/{self.office}/entries"
            content = self._ask(line, "entries", way, numbers=numbers).content
            with self.store.together():
                for entry in _entries(content):
                    if entry["number"] in listed:
                        number, tag = entry["number"], entry["tag"]
                        self.store.put_entry(number, tag, entry, _keys(entry))
                        fetched += 1
            missing = _left(content, some) + missing[self.page :]
        return fetched

    def _ask(
        self, line: Line, kind: str, way: str, body: dict[str, object] | None = None, **query: str
    ) -> Statement:
        nonce = self.new_id()
        asked = {name: value for name, value in query.items() if value} | {"nonce": nonce}
        octets = line.ask(way, asked, body)
        own = trusted_in(self.store.note("trust")).get(self.party, ())
        statement = read_statement(octets, kind, own)
        content, at = statement.content, _moment(statement.content, "at")
        wanted = {"nonce": nonce, "party": self.party, "test": self.test}
        for name, value in wanted.items():
            if content.get(name) != value:
                raise BrokenSealError(why=f"the answer is for another {name} than was asked for")
        if content.get("office", self.office) != self.office:
            raise BrokenSealError(why="the answer is for another office than was asked for")
        if not is_valid_at(statement.signer, at):
            why = f"{name_of(statement.signer)} is not valid at {at.isoformat()}"
            raise BrokenSealError(why=why)
        return statement


def _left(content: Mapping[str, Any], asked: Sequence[int]) -> list[int]:
    """Return what did not fit into a page; always less than was asked for, so that it ends."""
    left = content.get("left", [])
    if not isinstance(left, list) or not set(left) < set(asked):
        raise BrokenSealError(why="a page leaves out other manifests than it was asked for")
    return left


def _moment(content: Mapping[str, Any], name: str) -> datetime:
    try:
        moment: datetime | None = datetime.fromisoformat(str(content.get(name)))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BrokenSealError(why=f"{name} is no moment with an offset")
    return moment


def _entries(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    entries = content.get("entries")
    for one in entries if isinstance(entries, list) else ():
        if (
            isinstance(one, dict)
            and isinstance(one.get("number"), int)
            and isinstance(one.get("tag"), str)
        ):
            yield one


def _keys(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an officer may know of an entry, folded as it is asked for."""
    movement = str(entry.get("movement", ""))
    yield from (folded(movement), folded(movement.rpartition("/")[2]))
    for name in ("means", "equipment", "seals", "keys"):
        values = entry.get(name)
        for one in values if isinstance(values, list) else ():
            yield folded(str(one))
