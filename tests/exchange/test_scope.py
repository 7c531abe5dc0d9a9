"""Two nodes under an agreement that says where it applies, to what, and who signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exchange_node.node import reasoning, trying
from exchange_node.security.certificates import fingerprint
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading
from exchange_node.wco.document import read
from tests.exchange.test_hiding import send_whole
from tests.world import DECLARATION, FACTS, NATIONAL, Pair, replaced

ELSEWHERE = 'territory = ["BR"]'
OTHER_MATTERS = 'matters = ["valuation"]'
NOBODY = "f" * 64


def scoped(text: str, said: str) -> str:
    return replaced(text, "\n[scope]\n", f"\n[scope]\n{said}\n")


def sealing(text: str, *, kz: str) -> str:
    """Return the text of an agreement that names one certificate of Kazakhstan."""
    node = 'node = "customs.kz"'
    return replaced(text, node, f'{node}\ncertificates = ["{kz}"]')


def ours(pair: Pair) -> str:
    return fingerprint(pair.kz.dispatch.packing.seal_key(pair.clock()).certificate)


def errors(pair: Pair, submission: str) -> set[str]:
    found = pair.kz.enquiry.submission(NATIONAL, submission)["findings"]
    return {one["code"] for one in found if one["severity"] == "error"}


def tried(pair: Pair) -> dict[str, Any]:
    return {
        "data": DECLARATION.read_bytes(),
        "partner": "customs.uz",
        "purpose": "TRANSIT_CONTROL",
        "facts": FACTS.read_text("utf-8"),
    }


@pytest.mark.parametrize(
    ("said", "code"), [(ELSEWHERE, "DENY-TERRITORY"), (OTHER_MATTERS, "DENY-MATTER")]
)
def test_what_is_out_of_scope_is_refused_before_it_is_sealed_and_tried_and_explained_so(
    said: str, code: str, pair: Pair
) -> None:
    pair.agree_anew(lambda text: scoped(text, said))

    submission = pair.submit()
    trial = trying(pair.kz).look(NATIONAL, **tried(pair))
    explained = reasoning(pair.kz).explain(NATIONAL, **tried(pair))

    assert (pair.state_of(submission), errors(pair, submission)) == ("refused", {code})
    assert {one.finding.code for one in trial.turns()} == {code}
    assert explained.weighed[0].code == code


@pytest.mark.parametrize(
    "said", ['territory = ["KZ", "UZ"]', 'matters = ["transit", "offences"]'], ids=str
)
def test_what_is_within_the_scope_leaves_and_is_taken(said: str, pair: Pair) -> None:
    pair.agree_anew(lambda text: scoped(text, said))

    submission = pair.submit()
    pair.run()

    assert pair.state_of(submission) == "accepted"


def test_a_seal_of_a_certificate_that_the_agreement_does_not_name_is_not_made(pair: Pair) -> None:
    pair.agree_anew(lambda text: sealing(text, kz=NOBODY))

    submission = pair.submit()
    trial = trying(pair.kz).look(NATIONAL, **tried(pair))
    explained = reasoning(pair.kz).explain(NATIONAL, **tried(pair))

    assert (pair.state_of(submission), errors(pair, submission)) == (
        "refused",
        {"DENY-CERTIFICATE"},
    )
    assert {one.finding.code for one in trial.turns()} == {"DENY-CERTIFICATE"}
    assert explained.weighed[0].code == "DENY-CERTIFICATE"


def test_a_seal_of_a_certificate_that_the_agreement_names_is_made_and_taken(pair: Pair) -> None:
    pair.agree_anew(lambda text: sealing(text, kz=ours(pair)))

    submission = pair.submit()
    pair.run()

    assert pair.state_of(submission) == "accepted"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: sealing(text, kz=NOBODY), "DENY-CERTIFICATE"),
        (lambda text: scoped(text, ELSEWHERE), "DENY-TERRITORY"),
        (lambda text: scoped(text, OTHER_MATTERS), "DENY-MATTER"),
    ],
    ids=["certificate", "territory", "matters"],
)
def test_the_receiver_refuses_what_the_sender_should_not_have_sent(
    change: Callable[[str], str], code: str, pair: Pair
) -> None:
    document = read(trying(pair.kz).look(NATIONAL, **tried(pair)).preview)
    pair.clock.forward(days=1)
    pair.agree_anew(change)

    message = send_whole(pair, document)

    with reading(pair.uz.engine) as conn:
        kept = inbox.get(conn, "customs.kz", message)
    assert code in str(kept.verdict)
    with reading(pair.kz.engine) as conn:
        answer = outbox.get(conn, message).answer
    assert answer is not None
    assert not answer.accepted
    assert any(code in one.text for one in answer.findings)
