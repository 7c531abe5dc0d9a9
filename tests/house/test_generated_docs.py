"""What the documentation says of the program is what the program says of itself."""

import re
import tomllib
from pathlib import Path

import pytest

from exchange_node.config.settings.reading import _File
from exchange_node.services.telling.concerning import READERS, RECORDS
from exchange_node.wco.rules import all_rules
from tools import catalogue, doc_program, make_docs

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = (ROOT / "config" / "node.toml").read_text(encoding="utf-8")
OPERATION = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "config" / "node.toml",
]
COMMANDS = {name for name, _, _ in doc_program.commands()}
KEYS = [
    (section, key)
    for section, keys in tomllib.loads(re.sub(r"= \{.*\}", "= 0", TEMPLATE)).items()
    for key in keys
]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commented(section: str, key: str) -> bool:
    block = TEMPLATE.partition(f"[{section}]\n")[2].partition("\n[")[0]
    above = block[: block.index(f"\n{key} =")] if f"\n{key} =" in block else ""
    return "#" in above


def named_commands(text: str) -> set[str]:
    """The commands that a text names, as far as they are words of a command line."""
    found = set()
    for rest in re.findall(r"exchange-node((?: [a-z][a-z-]*)+)", text):
        words = rest.split()
        if f"exchange-node {words[0]}" not in COMMANDS:
            found.add(f"exchange-node {words[0]}")
        elif any(each.startswith(f"exchange-node {words[0]} ") for each in COMMANDS) and words[1:]:
            found.add(f"exchange-node {words[0]} {words[1]}")
        else:
            found.add(f"exchange-node {words[0]}")
    return found


def test_every_generated_page_is_up_to_date() -> None:
    assert list(make_docs.stale()) == []


def test_what_is_generated_is_the_same_every_time() -> None:
    assert make_docs.generated() == make_docs.generated()


def test_a_page_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        make_docs.between("<!-- end: commands -->\n<!-- begin: commands -->\n", "commands", "")


def test_every_rule_of_the_documents_is_found_by_walking_the_package() -> None:
    found = {place.rule.code for place in catalogue.rules() if place.room == "wco"}

    assert found == {rule.code for rule in all_rules()}


def test_no_two_rules_have_the_same_number() -> None:
    numbers = [place.rule.code for place in catalogue.rules()]

    assert len(numbers) > 50
    assert len(numbers) == len(set(numbers))


def test_the_template_holds_every_setting_there_is() -> None:
    known = {
        (section, key)
        for section, field in _File.model_fields.items()
        for key in field.annotation.model_fields  # type: ignore[union-attr]
    }

    assert set(KEYS) == known


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_a_setting_is_explained(section: str, key: str) -> None:
    assert commented(section, key) or f"`{section}.{key}`" in OPERATION


def test_a_page_that_the_program_names_exists() -> None:
    sources = [*catalogue.PACKAGE.rglob("*.py"), *(ROOT / "config").rglob("*.toml")]
    named = {
        page
        for path in sources
        for page in re.findall(r"docs/[\w./-]+\.md", path.read_text(encoding="utf-8"))
    }

    assert "docs/limits.md" in named
    assert [page for page in sorted(named) if not (ROOT / page).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_command_that_a_page_names_exists(page: Path) -> None:
    assert named_commands(page.read_text(encoding="utf-8")) <= COMMANDS


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert named_commands("`exchange-node agreement burn`") == {"exchange-node agreement burn"}
    assert named_commands("`exchange-node burn it`") == {"exchange-node burn"}


@pytest.mark.parametrize("code", catalogue.notices())
def test_a_notice_that_the_node_leaves_stands_in_the_handbook(code: str) -> None:
    pattern = re.escape(code).replace(r"\{\}", r"[a-z-]+")

    assert re.search(rf"`{pattern}`", OPERATION), code


def test_every_code_of_a_notice_has_somebody_who_reads_its_id() -> None:
    listed = OPERATION.partition("## Notices")[2].partition("## Logs")[0]
    codes = re.findall(r"^\| `([a-z]+)\.", listed, re.MULTILINE)

    assert codes
    assert set(codes) == RECORDS.keys() | READERS.keys()
