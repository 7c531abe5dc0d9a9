from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exchange_node.config.examples import profiles_with_examples
from exchange_node.domain.errors import InputError
from exchange_node.mapping.declaration import detect
from exchange_node.mapping.drafting import Draft, Sources, draft
from exchange_node.mapping.profile import read_profiles
from exchange_node.mapping.profile.profile import Profiles

Drafts = Callable[..., Draft]

OWN = {
    "columns": b"KZ001  JOHN     7\nKZ002  PAUL    14\n",
    "typed columns": b"AA BB CCCCCCCC other\nXX YY ZZZZZZZZZ format\n",
    "rows of three": b"12,34,56\n11,22,33\n",
    "rows of five": b"1,2,3,4,5\n6,7,8,9,0\n",
    "rows of words": b"ab,ab,ab,cd\ngh,ab,ij,kl\n",
    "quoted rows": b'"1;2";3\n4;5\n',
    "typed rows": b"H;A-1;KG\nI;Apricots;12.5;x\nI;Almonds;2400;y\n",
    "table": b"goods description;gross mass;zzz\nApricots;12.5;qq\n",
    "tree": b'{"reference": "A-1", "items": [{"zzz": 12.5}]}',
}
PROSE = {
    "prose": b"Dear colleague, please find, attached, the list\nof trucks, as agreed, yours\n",
    "letter": b"A letter to all of you, and more of them, with many words in it\nH 1\n",
}
SHIPPED = {
    f"{name}/{path.name}": path.read_bytes()
    for name, files in profiles_with_examples(Path("/nowhere")).items()
    for path in files
}
FOREIGN = {**OWN, **PROSE, **SHIPPED}


@pytest.fixture(name="profiles", scope="module")
def _profiles(sources: Sources) -> dict[str, Profiles]:
    return {
        name: read_profiles({"own": draft("own", [data], sources).toml})
        for name, data in OWN.items()
    }


def is_taken(data: bytes, profiles: Profiles) -> bool:
    try:
        return detect(data, profiles).name == "own"
    except InputError:
        return False


@pytest.mark.parametrize("name", OWN)
def test_a_draft_refuses_every_sample_that_is_not_its_own(
    name: str, profiles: dict[str, Profiles]
) -> None:
    taken = [other for other, data in FOREIGN.items() if is_taken(data, profiles[name])]

    assert set(taken) <= {name}


@pytest.mark.parametrize(
    "name", ["rows of three", "rows of five", "quoted rows", "typed rows", "table", "tree"]
)
def test_a_draft_with_a_sign_recognises_its_own_sample(
    name: str, profiles: dict[str, Profiles]
) -> None:
    assert is_taken(OWN[name], profiles[name])


@pytest.mark.parametrize("name", ["columns", "typed columns", "rows of words"])
def test_what_no_sign_is_known_of_is_used_by_name_until_one_is_written(
    name: str, drafted: Drafts
) -> None:
    made = drafted(OWN[name].decode())

    assert "# [detect]\n# starts = " in made.toml
    assert not read_profiles({"own": made.toml}).by_name["own"].is_detected


def test_a_sign_that_a_sample_does_not_bear_is_a_comment(drafted: Drafts) -> None:
    made = drafted("\n12,34,56\n11,22,33\n")

    assert "# [detect]\n# starts = " in made.toml
