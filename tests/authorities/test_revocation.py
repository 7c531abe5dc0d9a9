from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path as File

import pytest
from cryptography import x509

from exchange_node.authorities.asking import TRY_AGAIN
from exchange_node.authorities.fetching import MAX_RESPONSE_BYTES, HttpFetcher
from exchange_node.authorities.folder import ListFolder
from exchange_node.authorities.revocation import Revocation
from exchange_node.domain.errors import (
    InvalidSettingError,
    RevokedCertificateError,
    UnknownRevocationError,
)
from exchange_node.security.trusting.path import Path, find_path
from exchange_node.security.trusting.policy import RevocationPolicy, Strictness
from tests.authorities.conftest import Answer, Internet
from tests.security.authority import AT, DAY, HOUR, Authority, new_root

POLICY = RevocationPolicy(max_age=HOUR, grace=6 * HOUR)
SECOND = timedelta(seconds=1)
OCSP, CRL = "/ocsp", "/list.crl"


@pytest.fixture(name="fetch")
def _fetch() -> Iterator[HttpFetcher]:
    fetch = HttpFetcher(timeout_seconds=5.0)
    yield fetch
    fetch.close()


@dataclass
class World:
    """An authority on the net, a partner of its, and a node that asks."""

    ca: Authority
    leaf: x509.Certificate
    internet: Internet
    fetch: HttpFetcher

    @property
    def path(self) -> Path:
        path = find_path(self.leaf, anchors=[self.ca.certificate], at=AT)
        assert isinstance(path, Path)
        return path

    def asker(
        self, policy: RevocationPolicy = POLICY, lists: ListFolder | None = None
    ) -> Revocation:
        draw = random.Random(1).randbytes
        return Revocation(policy, self.fetch, random_bytes=draw, lists=lists)

    def publish(self, at: datetime = AT) -> None:
        """Let the authority answer as of a moment, by list and by responder."""
        until = at + 2 * DAY
        self.internet.answers[OCSP] = Answer(self.ca.ocsp(self.leaf, made=at, until=until))
        self.internet.answers[CRL] = Answer(self.ca.crl(made=at, until=until))


@pytest.fixture(name="world")
def _world(internet: Internet, fetch: HttpFetcher) -> World:
    ca = new_root(ocsp_url=internet.at(OCSP), crl_url=internet.at(CRL))
    world = World(ca, ca.issue("as4.customs.kz"), internet, fetch)
    world.publish()
    return world


@pytest.fixture(name="by_list")
def _by_list(internet: Internet, fetch: HttpFetcher) -> World:
    ca = new_root(crl_url=internet.at(CRL))
    world = World(ca, ca.issue("as4.customs.kz"), internet, fetch)
    world.publish()
    return world


def test_an_authority_is_asked_once_for_as_long_as_its_word_counts(world: World) -> None:
    asker = world.asker()

    for minutes in (0, 10, 59):
        asker.require_good(world.path, AT + timedelta(minutes=minutes))

    assert world.internet.asked == [OCSP]


def test_a_word_of_the_stated_age_is_asked_for_anew(world: World) -> None:
    asker = world.asker()
    asker.require_good(world.path, AT)

    asker.require_good(world.path, AT + HOUR)

    assert world.internet.asked == [OCSP, OCSP]


def test_no_word_counts_beyond_the_authoritys_own_promise(world: World) -> None:
    asker = world.asker()
    until = AT + timedelta(minutes=20)
    world.internet.answers[OCSP] = Answer(world.ca.ocsp(world.leaf, made=AT, until=until))
    asker.require_good(world.path, AT)
    world.publish(AT + timedelta(minutes=20))

    asker.require_good(world.path, until)

    assert world.internet.asked == [OCSP, OCSP]


def test_a_clock_that_was_set_back_asks_anew(world: World) -> None:
    asker = world.asker()
    asker.require_good(world.path, AT)

    asker.require_good(world.path, AT - 5 * SECOND)

    assert world.internet.asked == [OCSP, OCSP]


def test_the_list_is_asked_when_the_responder_is_down(world: World) -> None:
    world.internet.answers[OCSP] = Answer(status=503)

    world.asker().require_good(world.path, AT)

    assert world.internet.asked == [OCSP, CRL]


def test_one_list_serves_all_certificates_of_its_authority(by_list: World) -> None:
    asker = by_list.asker()
    asker.require_good(by_list.path, AT)
    by_list.leaf = by_list.ca.issue("another.customs.kz")

    asker.require_good(by_list.path, AT + SECOND)

    assert by_list.internet.asked == [CRL]


def test_a_list_is_fetched_anew_when_the_next_is_due(by_list: World) -> None:
    asker = by_list.asker()
    due = AT + timedelta(minutes=20)
    by_list.internet.answers[CRL] = Answer(by_list.ca.crl(made=AT, until=due))
    asker.require_good(by_list.path, AT)
    by_list.publish(due)

    asker.require_good(by_list.path, due + SECOND)

    assert by_list.internet.asked == [CRL, CRL]


@pytest.mark.parametrize("made", ["world", "by_list"])
def test_a_revoked_certificate_is_refused(made: str, request: pytest.FixtureRequest) -> None:
    world: World = request.getfixturevalue(made)
    world.ca.revoke(world.leaf)
    world.publish()

    with pytest.raises(RevokedCertificateError) as caught:
        world.asker().require_good(world.path, AT)

    assert caught.value.ebms_code == "EBMS:0101"
    assert caught.value.facts["reason"] == "keyCompromise"
    assert world.internet.url in caught.value.facts["source"]


def test_an_intermediate_authority_may_be_revoked_too(world: World) -> None:
    sub = world.ca.subordinate("Issuing")
    sub.crl_url = world.internet.at("/sub.crl")
    leaf = sub.issue("as4.customs.kz")
    path = find_path(leaf, anchors=[world.ca.certificate], above=[sub.certificate], at=AT)
    assert isinstance(path, Path)
    world.ca.revoke(sub.certificate)
    world.publish()
    world.internet.answers["/sub.crl"] = Answer(sub.crl())

    with pytest.raises(RevokedCertificateError, match="CN=Issuing"):
        world.asker().require_good(path, AT)

    assert world.internet.asked == ["/sub.crl", OCSP, CRL]


def test_what_was_revoked_stays_so_while_the_authority_is_silent(world: World) -> None:
    asker = world.asker()
    world.ca.revoke(world.leaf)
    world.publish()
    with pytest.raises(RevokedCertificateError):
        asker.require_good(world.path, AT)
    world.internet.is_down = True

    with pytest.raises(RevokedCertificateError):
        asker.require_good(world.path, AT + 5 * HOUR)


def test_a_hold_that_was_lifted_lets_the_partner_in_again(world: World) -> None:
    asker = world.asker()
    world.ca.revoke(world.leaf, reason=x509.ReasonFlags.certificate_hold)
    world.publish()
    with pytest.raises(RevokedCertificateError):
        asker.require_good(world.path, AT)
    world.ca.revoked.clear()
    world.publish()

    asker.require_good(world.path, AT + HOUR)


# ------------------------------------------------------------------------------- nobody answers


def test_the_last_good_word_counts_for_the_time_of_grace(world: World) -> None:
    asker = world.asker()
    asker.require_good(world.path, AT)
    world.internet.is_down = True

    asker.require_good(world.path, AT + HOUR + 6 * HOUR)
    with pytest.raises(UnknownRevocationError) as caught:
        asker.require_good(world.path, AT + HOUR + 6 * HOUR + SECOND)

    said = str(caught.value)
    assert world.internet.at(OCSP) in said
    assert world.internet.at(CRL) in said
    assert "7:00:01 ago" in said
    assert "2026-03-01T15:00:00" in said
    assert "crl_folder" in caught.value.mend_text
    assert caught.value.ebms_code == "EBMS:0202"


def test_grace_is_for_partners_that_were_good_before(world: World) -> None:
    world.internet.is_down = True

    with pytest.raises(UnknownRevocationError, match="no good word was heard"):
        world.asker().require_good(world.path, AT)


def test_a_strict_node_takes_present_words_alone(world: World) -> None:
    asker = world.asker(RevocationPolicy(strictness=Strictness.REQUIRE, max_age=HOUR))
    asker.require_good(world.path, AT)
    world.internet.is_down = True

    asker.require_good(world.path, AT + HOUR - SECOND)
    with pytest.raises(UnknownRevocationError):
        asker.require_good(world.path, AT + HOUR + SECOND)


def test_a_partner_may_be_held_to_another_policy_than_the_node(world: World) -> None:
    asker = world.asker()
    asker.require_good(world.path, AT)
    world.internet.is_down = True
    later = AT + HOUR + SECOND

    asker.require_good(world.path, later)
    with pytest.raises(UnknownRevocationError):
        asker.require_good(world.path, later, strictness=Strictness.REQUIRE)
    asker.require_good(world.path, AT + 30 * DAY, strictness=Strictness.OFF)


def test_a_node_that_asks_nobody_asks_nobody(world: World) -> None:
    world.ca.revoke(world.leaf)
    world.publish()
    asker = world.asker(RevocationPolicy(strictness=Strictness.OFF))

    asker.require_good(world.path, AT)

    assert not world.internet.asked
    assert not list(asker.check(world.path, AT))


def test_an_authority_that_is_down_is_left_in_peace_for_a_while(world: World) -> None:
    asker = world.asker()
    world.internet.is_down = True
    for seconds in (0, 1, 30):
        with pytest.raises(UnknownRevocationError):
            asker.require_good(world.path, AT + timedelta(seconds=seconds))
    assert world.internet.times(OCSP) == 1
    world.internet.is_down = False

    asker.require_good(world.path, AT + TRY_AGAIN)


def test_a_stale_list_is_as_good_as_none(by_list: World) -> None:
    by_list.internet.answers[CRL] = Answer(by_list.ca.crl(made=AT - 2 * DAY, until=AT - DAY))

    with pytest.raises(UnknownRevocationError, match="the next one was due"):
        by_list.asker().require_good(by_list.path, AT)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(b"<html>Log in to the hotel's network</html>"), "no OCSP response"),
        (Answer(b""), "no OCSP response"),
        (Answer(bytes(MAX_RESPONSE_BYTES + 1)), "more than"),
        (Answer(status=404), "HTTP 404"),
        (Answer(status=301), "HTTP 301"),
    ],
)
def test_an_answer_that_is_none_is_said_to_be_none(world: World, answer: Answer, said: str) -> None:
    world.internet.answers[OCSP] = answer
    del world.internet.answers[CRL]

    with pytest.raises(UnknownRevocationError, match=said):
        world.asker().require_good(world.path, AT)


def test_a_responder_that_never_answers_is_not_waited_for(world: World) -> None:
    fetch = HttpFetcher(timeout_seconds=0.2)
    world.fetch = fetch
    for path in (OCSP, CRL):
        world.internet.answers[path].waits = threading.Event()

    with pytest.raises(UnknownRevocationError, match=r"no answer within 0\.2 s"):
        world.asker().require_good(world.path, AT)

    fetch.close()


def test_a_node_that_stops_waits_for_no_authority_beyond_its_time(world: World) -> None:
    for path in (OCSP, CRL):
        world.internet.answers[path].waits = threading.Event()
    asker = world.asker()
    asker.hasten(0.2)

    with pytest.raises(UnknownRevocationError, match="this node is stopping") as caught:
        asker.require_good(world.path, AT)

    assert "no answer within" not in str(caught.value)
    assert set(world.internet.asked) <= {OCSP}


def test_a_place_that_nobody_listens_at_is_named(world: World) -> None:
    nowhere = new_root(ocsp_url="http://127.0.0.1:1/ocsp", crl_url="http://127.0.0.1:1/crl")
    world.ca, world.leaf = nowhere, nowhere.issue("as4.customs.kz")

    with pytest.raises(UnknownRevocationError, match=r"http://127\.0\.0\.1:1/ocsp: out of reach"):
        world.asker().require_good(world.path, AT)


@pytest.mark.parametrize("url", ["ldap://ca.kz/list", "file:///etc/passwd", ""])
def test_a_certificate_that_names_no_place_on_the_web_is_unknown(world: World, url: str) -> None:
    silent = new_root(crl_url=url, ocsp_url=url)
    world.ca, world.leaf = silent, silent.issue("as4.customs.kz")

    with pytest.raises(UnknownRevocationError, match="neither a responder nor a list"):
        world.asker().require_good(world.path, AT)


@pytest.mark.parametrize(
    ("there", "said"), [(HOUR, "set this machine's clock"), (timedelta(0), "agrees with it")]
)
def test_a_clock_that_is_off_is_told_from_an_authority_that_is_late(
    by_list: World, there: timedelta, said: str
) -> None:
    crl = by_list.ca.crl(made=AT + HOUR, until=AT + DAY)
    by_list.internet.answers[CRL] = Answer(crl, date=format_datetime(AT + there, usegmt=True))

    with pytest.raises(UnknownRevocationError, match=said) as caught:
        by_list.asker().require_good(by_list.path, AT)

    assert "clock" in caught.value.mend_text


def test_many_messages_at_once_ask_once(world: World) -> None:
    asker = world.asker()
    together = threading.Barrier(8)

    def one() -> None:
        together.wait()
        asker.require_good(world.path, AT)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(one) for _ in range(8)]:
            done.result()

    assert world.internet.asked == [OCSP]


def test_a_replayed_answer_is_not_taken(world: World) -> None:
    world.internet.answers[OCSP] = Answer(world.ca.ocsp(world.leaf, nonce=b"o" * 16))
    del world.internet.answers[CRL]

    with pytest.raises(UnknownRevocationError, match="another question"):
        world.asker().require_good(world.path, AT)


# ----------------------------------------------------------------------- lists that were carried in


@pytest.fixture(name="carried")
def _carried(world: World, tmp_path: File) -> Callable[[bytes, str], ListFolder]:
    silent = new_root("Closed network")
    world.ca, world.leaf = silent, silent.issue("as4.customs.kz")

    def carry(octets: bytes, name: str) -> ListFolder:
        (tmp_path / name).write_bytes(octets)
        return ListFolder(tmp_path)

    return carry


def test_a_list_that_was_carried_in_is_enough(
    world: World, carried: Callable[[bytes, str], ListFolder]
) -> None:
    carried(new_root("Another").crl(), "another.crl")
    carried(b"junk", "junk.pem")
    carried(world.ca.crl(), "notes.txt")
    lists = carried(world.ca.crl(), "closed.crl")

    world.asker(lists=lists).require_good(world.path, AT)

    assert not world.internet.asked


def test_who_stands_in_any_list_that_was_carried_in_is_revoked(
    world: World, carried: Callable[[bytes, str], ListFolder]
) -> None:
    world.ca.revoke(world.leaf)
    lists = carried(world.ca.crl(), "closed.crl")

    with pytest.raises(RevokedCertificateError, match=r"trust\.crl_folder"):
        world.asker(lists=lists).require_good(world.path, AT)


def test_a_list_that_is_replaced_is_read_again(
    world: World, carried: Callable[[bytes, str], ListFolder]
) -> None:
    lists = carried(world.ca.crl(), "closed.crl")
    asker = world.asker(lists=lists)
    asker.require_good(world.path, AT)
    world.ca.revoke(world.leaf)
    carried(world.ca.crl(made=AT), "closed.crl")

    with pytest.raises(RevokedCertificateError):
        asker.require_good(world.path, AT + HOUR)


def test_a_folder_without_the_authoritys_list_says_so(
    world: World, carried: Callable[[bytes, str], ListFolder], tmp_path: File
) -> None:
    lists = carried(new_root("Another").crl(), "another.crl")

    with pytest.raises(UnknownRevocationError, match=r"trust\.crl_folder: no list"):
        world.asker(lists=lists).require_good(world.path, AT)


def test_a_folder_for_lists_has_to_be_there(tmp_path: File) -> None:
    with pytest.raises(InvalidSettingError, match="crl_folder"):
        ListFolder(tmp_path / "nowhere")


# ------------------------------------------------------------------------------------- for `check`


def test_a_check_warns_of_silence_and_stops_at_revocation(world: World) -> None:
    world.internet.is_down = True
    (silent,) = world.asker().check(world.path, AT)
    world.internet.is_down = False
    world.ca.revoke(world.leaf)
    world.publish()
    (revoked,) = world.asker().check(world.path, AT)
    world.ca.revoked.clear()
    world.publish()

    assert (silent.code, silent.is_error) == ("REV-02", False)
    assert world.internet.at(OCSP) in silent.text
    assert (revoked.code, revoked.is_error) == ("REV-01", True)
    assert not list(world.asker().check(world.path, AT))
