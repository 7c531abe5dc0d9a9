from __future__ import annotations

import pytest

from exchange_node.domain.errors import ClockSetBackError, UnreadableCodeError
from exchange_node.node import printing
from exchange_node.post import code_in
from exchange_node.post.verifying import compared
from exchange_node.security.carried import read_code
from tests.post.conftest import MRN, Border
from tests.world import POST


def codes(done: dict[str, object]) -> set[str]:
    found = done["findings"]
    assert isinstance(found, list)
    return {one.code for one in found}


def test_a_paper_of_ones_own_node_is_verified_with_nothing_but_its_certificate(
    crossed: Border,
) -> None:
    printed = printing(crossed.pair.uz).print(POST, MRN)

    done = crossed.post.verify(printed.code, operator="anna")

    assert (done["outcome"], done["genuine"], done["relied_upon"]) == ("genuine", True, True)
    assert (done["issuer"], done["movement"]) == ("customs.uz", MRN)
    assert "customs.uz" in done["signer"]
    assert codes(done) == {"POST-09"}
    assert crossed.wire.asked == []


def test_a_partners_paper_is_known_once_its_certificates_were_fetched(crossed: Border) -> None:
    code = printing(crossed.pair.kz).print(POST, MRN).code
    before = crossed.post.verify(code, operator="anna")

    crossed.post.sync(crossed.wire)
    done = crossed.post.verify(code, operator="anna")

    assert (before["outcome"], codes(before)) == ("unknown signer", {"POST-02", "POST-09"})
    assert (done["outcome"], done["relied_upon"], done["findings"]) == ("genuine", True, [])
    assert [one["means"] for one in done["expected"]] == [["017 ABC 02", "71 XTR 02"]]


def test_the_code_of_the_pdf_is_found_in_the_pdf(crossed: Border) -> None:
    printed = printing(crossed.pair.kz).print(POST, MRN)

    assert code_in(printed.pdf.decode("latin-1")) == printed.code


def test_an_altered_code_is_not_relied_upon(crossed: Border) -> None:
    code = printing(crossed.pair.uz).print(POST, MRN).code
    at = 90
    altered = code[:at] + ("B" if code[at] != "B" else "C") + code[at + 1 :]

    done = crossed.post.verify(altered, operator="anna")

    assert not done["relied_upon"]
    assert codes(done) & {"POST-01", "POST-02"}


def test_a_paper_of_a_manifest_that_was_replaced_since_is_told(crossed: Border) -> None:
    old = printing(crossed.pair.kz).print(POST, MRN).code
    crossed.pair.submit()
    crossed.pair.run()
    crossed.post.sync(crossed.wire)

    done = crossed.post.verify(old, operator="anna")

    assert (done["genuine"], done["relied_upon"]) == (True, False)
    assert codes(done) == {"POST-08"}


def test_a_paper_of_a_movement_that_is_not_expected_is_told(crossed: Border) -> None:
    crossed.post.sync(crossed.wire)
    code = printing(crossed.pair.uz).print(POST, MRN).code
    crossed.post.store.drop(list(crossed.post.store.tags()))

    done = crossed.post.verify(code, operator="anna")

    assert done["relied_upon"]
    assert codes(done) == {"POST-07"}


@pytest.mark.parametrize(
    ("days", "rule"), [(9, "POST-03"), (-0.1, "POST-04"), (800, "POST-05"), (-20, "POST-06")]
)
def test_a_code_counts_in_its_time_alone(crossed: Border, days: float, rule: str) -> None:
    code = printing(crossed.pair.uz).print(POST, MRN).code
    crossed.clock.forward(days=days)

    assert rule in codes(crossed.post.verify(code, operator="anna"))


def test_a_clock_that_was_set_back_is_not_believed(crossed: Border) -> None:
    code = printing(crossed.pair.uz).print(POST, MRN).code
    crossed.post.verify(code, operator="anna")
    crossed.clock.forward(hours=-2)

    with pytest.raises(ClockSetBackError):
        crossed.post.verify(code, operator="anna")


def test_what_is_no_code_is_refused(border: Border) -> None:
    with pytest.raises(UnreadableCodeError):
        border.post.verify("a delivery note", operator="anna")


def test_a_paper_that_names_no_document_of_ours_is_not_taken_for_compared(crossed: Border) -> None:
    code = read_code(printing(crossed.pair.kz).print(POST, MRN).code)
    expected = [{"digest": code.documents["customs.uz"]}]

    ours = list(compared(code, expected, party="customs.uz", at="today"))
    theirs = list(compared(code, expected, party="customs.tj", at="today"))

    assert ours == []
    assert [one.code for one in theirs] == ["POST-09"]
