"""Every error is told apart, explained, and says how to mend it."""

import importlib
import pkgutil
import re
import string

import pytest

import exchange_node.domain
from exchange_node.domain import errors

for _module in pkgutil.walk_packages(exchange_node.domain.__path__, "exchange_node.domain."):
    importlib.import_module(_module.name)


def leaves(top: type[errors.NodeError]) -> list[type[errors.NodeError]]:
    children = [
        each for each in top.__subclasses__() if each.__module__.startswith("exchange_node.")
    ]
    return [leaf for each in children for leaf in leaves(each)] if children else [top]


LEAVES = sorted(set(leaves(errors.NodeError)), key=lambda each: each.__name__)


def holders(of: str) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for each in LEAVES:
        held.setdefault(getattr(each, of), []).append(each.__name__)
    return held


def test_there_are_errors_to_look_at() -> None:
    assert len(LEAVES) > 10


@pytest.mark.parametrize("attribute", ["code", "sentence"])
def test_no_two_errors_share(attribute: str) -> None:
    shared = {value: names for value, names in holders(attribute).items() if len(names) > 1}

    assert not shared


@pytest.mark.parametrize("error", LEAVES, ids=lambda each: each.__name__)
def test_an_error_has_a_code_a_sentence_and_a_way_to_mend_it(error: type[errors.NodeError]) -> None:
    own = vars(error)

    assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*", own.get("code", "")), "code"
    assert own.get("sentence", "").strip(), "sentence"
    assert error.mend.strip(), "mend"


@pytest.mark.parametrize("error", LEAVES, ids=lambda each: each.__name__)
def test_an_error_names_its_facts_in_its_templates(error: type[errors.NodeError]) -> None:
    for template in (error.sentence, error.mend):
        names = [
            field for _, field, _, _ in string.Formatter().parse(template) if field is not None
        ]

        assert all(re.match(r"[a-z_]+$", each) for each in names), template


@pytest.mark.parametrize("error", LEAVES, ids=lambda each: each.__name__)
def test_an_error_is_told_to_a_partner_with_a_code_of_ebms(error: type[errors.NodeError]) -> None:
    assert re.fullmatch(r"EBMS:0[0-3][0-9]{2}", error.ebms_code)
