from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange_node.domain.errors import RoleError, UnreadableCodeError
from exchange_node.node import printing, scanning
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.world import NATIONAL, POST, Pair

MRN = "26KZ55010100041703"


@pytest.fixture(name="crossed")
def _crossed(pair: Pair) -> Pair:
    pair.submit()
    pair.run()
    return pair


def code_of(pair: Pair) -> str:
    return printing(pair.kz).print(POST, MRN).code


def test_the_whole_code_of_a_paper_is_verified_and_looked_up(crossed: Pair) -> None:
    code = code_of(crossed)

    view = scanning(crossed.uz).code(POST, f"{code[:40].lower()} {code[40:]}")

    assert view["paper"] == "current"
    assert [one["movement"] for one in view["arrivals"]] == [f"KZ/mrn/{MRN}"]
    told = view["code"]
    assert (told["outcome"], told["relied_upon"], told["issuer"]) == (
        "genuine", True, "customs.kz",
    )  # fmt: skip
    assert told["signer"]


def test_the_look_stands_in_the_access_log(crossed: Pair) -> None:
    scanning(crossed.uz).code(POST, code_of(crossed))

    with reading(crossed.uz.engine) as conn:
        looks = [one for one in audit.search(conn, limit=50) if one.action == "look.scan"]
    question = next(one for one in looks if not one.movement)
    assert question.facts["asked"] == f"movement {MRN}, code of customs.kz, genuine"
    assert [one.movement for one in looks if one.movement] == [f"KZ/mrn/{MRN}"]


def test_a_paper_of_an_earlier_document_is_not_relied_upon(crossed: Pair) -> None:
    code = code_of(crossed)
    crossed.submit()
    crossed.run()

    view = scanning(crossed.uz).code(POST, code)

    assert (view["paper"], view["code"]["outcome"]) == ("superseded", "genuine")
    assert view["code"]["relied_upon"] is False


def test_a_code_that_was_altered_is_compared_with_nothing(crossed: Pair) -> None:
    code = code_of(crossed)
    altered = code[:-2] + ("B" if code[-2] == "A" else "A") + code[-1]

    view = scanning(crossed.uz).code(POST, altered)

    assert (view["code"]["outcome"], view["paper"]) == ("altered", "not-named")
    assert view["code"]["relied_upon"] is False
    assert len(view["arrivals"]) == 1  # an officer who types the number sees as much


def test_a_code_that_is_too_old_is_told_so(crossed: Pair) -> None:
    code = code_of(crossed)
    crossed.clock.forward(seconds=timedelta(days=40).total_seconds())

    view = scanning(crossed.uz).code(POST, code)

    assert view["code"]["outcome"] == "too old"
    assert view["code"]["relied_upon"] is False


def test_a_paper_of_what_was_sent_is_none_of_an_arrival(crossed: Pair) -> None:
    code = printing(crossed.uz).print(POST, MRN).code

    view = scanning(crossed.kz).code(POST, code)

    assert view["code"]["outcome"] == "genuine"
    assert (view["paper"], view["arrivals"]) == ("unknown", [])


def test_a_code_of_nobody_we_know_is_looked_up_and_not_believed(crossed: Pair) -> None:
    view = replace(scanning(crossed.uz), trusted=dict).code(POST, code_of(crossed))

    assert (view["code"]["outcome"], view["code"]["signer"]) == ("unknown signer", "")
    assert view["code"]["relied_upon"] is False


def test_what_is_no_code_is_refused_and_so_is_who_is_at_no_post(crossed: Pair) -> None:
    with pytest.raises(UnreadableCodeError):
        scanning(crossed.uz).code(POST, MRN)
    with pytest.raises(RoleError):
        scanning(crossed.uz).code(NATIONAL, code_of(crossed))
