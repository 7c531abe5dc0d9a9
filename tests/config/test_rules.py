from __future__ import annotations

from pathlib import Path

import pytest

from exchange_node.config.settings.rules import read_rules
from exchange_node.config.shipped import rule_set, shipped
from exchange_node.domain.errors import InvalidSettingError
from tests.world import replaced

SHIPPED = shipped("config", "rules.toml").read_text("utf-8")

VIOLET = """
[[channel]]
code = "violet"
strength = 35
measures = ["X_RAY"]
calls = true
"""


def test_a_node_sets_its_own_channels_and_lines(tmp_path: Path) -> None:
    text = replaced(SHIPPED, "[[channel]]", f"{VIOLET}\n[[channel]]")
    text = replaced(
        text, 'severities = [3, 4]\nchannel = "orange"', 'severities = [3, 4]\nchannel = "violet"'
    )
    (tmp_path / "rules.toml").write_text(text, "utf-8")

    rules = rule_set(tmp_path)

    assert rules.channel("violet").measures == ("X_RAY",)
    assert next(one.channel for one in rules.lines if one.rule == "CH-20") == "violet"
    assert rules.digest != rule_set().digest


def test_a_node_without_rules_of_its_own_has_the_shipped_ones(tmp_path: Path) -> None:
    assert rule_set(tmp_path) == rule_set()


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("per_million = 10000", "per_million = 0", "rules.toml, random.per_million"),
        ("per_million = 10000", "per_million = true", "rules.toml, random.per_million"),
        ("per_million = 10000", 'per_million = "10000"', "rules.toml, random.per_million"),
        ('quiet = "green"', 'quiet = "lilac"', "rules.toml, quiet"),
        ('quiet = "green"', 'quiet = "green"\nloud = 1', "rules.toml, loud"),
        ('rule = "CH-10"', 'rule = "CH-80"', "rules.toml, line CH-80"),
        ('ground = "name"', 'ground = "guess"', "rules.toml, line.3.ground"),
        ("severities = [1, 2]", "severities = [1, 2, 3]", "rules.toml, line"),
        ('name = "shipped"', "name = ", "rules.toml"),
    ],
)
def test_a_wrong_rule_is_named_with_its_place(old: str, new: str, place: str) -> None:
    with pytest.raises(InvalidSettingError) as caught:
        read_rules(replaced(SHIPPED, old, new))

    assert caught.value.facts["where"] == place
