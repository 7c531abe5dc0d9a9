"""The sentences of the package → exchange_node/locale/: a template, and a catalogue a language.

    python tools/make_catalogues.py           bring template and catalogues up to date
    python tools/make_catalogues.py --check   name what is out of date; exit 1 if anything is

Translations are kept as long as their English sentence is; a new or changed sentence stands
untranslated, and is said in English, until somebody fills it in in the `.po` and runs this again.
"""

from __future__ import annotations

import gettext
import io
import string
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import normalize, read_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import catalogue  # noqa: E402

LOCALE = ROOT / "exchange_node" / "locale"
DOMAIN = "exchange_node"
LANGUAGES = ("ru", "zh")
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # a date in the file would change it for nothing

Messages = Mapping[str, tuple[str, ...]]
Translations = Mapping[str, str]


def template() -> Path:
    """Return where the template lies."""
    return LOCALE / f"{DOMAIN}.pot"


def source(language: str) -> Path:
    """Return where a language's sentences lie, for translators."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def compiled(language: str) -> Path:
    """Return where a language's sentences lie, for the program."""
    return source(language).with_suffix(".mo")


def translations(language: str) -> dict[str, str]:
    """Return what is translated so far: message id → sentence."""
    path = source(language)
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    return {str(one.id): str(one.string) for one in catalog if one.id and one.string}


def said(language: str) -> dict[str, str]:
    """Return what the program finds in the compiled catalogue; empty where there is none."""
    path = compiled(language)
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        found = gettext.GNUTranslations(file)
    known = vars(found)["_catalog"]
    return {one: text for one, text in known.items() if one}


def placeholders(text: str) -> set[str]:
    """Return the placeholders of a template, each as it is written.

    Raises:
        ValueError: a brace is not closed.
    """
    return {
        f"{name}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}"
        for _, name, form, conversion in string.Formatter().parse(text)
        if name is not None
    }


def text_of(messages: Messages, done: Translations, language: str = "") -> str:
    """Return template or catalogue as text (GNU gettext, PO file), in the order of message ids."""
    headers = [
        f"Project-Id-Version: {DOMAIN}",
        *([f"Language: {language}"] if language else []),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    lines = ['msgid ""', 'msgstr ""', *(f'"{one}\\n"' for one in headers), ""]
    for message, codes in messages.items():
        lines += [f"#. {one}" for one in codes]
        if placeholders(message):
            lines.append("#, python-brace-format")
        lines += [
            f"msgid {normalize(message, width=0)}",
            f"msgstr {normalize(done.get(message, ''), width=0)}",
            "",
        ]
    return "\n".join(lines)


def octets_of(done: Translations, language: str) -> bytes:
    """Return a compiled catalogue (GNU gettext, MO file)."""
    catalog = Catalog(
        locale=language, project=DOMAIN, version="", creation_date=_ANY_DAY, revision_date=_ANY_DAY
    )
    for message, text in done.items():
        catalog.add(message, text)
    written = io.BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def stale() -> dict[Path, bytes]:
    """Return the files that are not as they should be, with what they should be."""
    messages = catalogue.messages()
    wanted = {template(): text_of(messages, {}).encode()}
    changed = {}
    for language in LANGUAGES:
        done = {one: text for one, text in translations(language).items() if one in messages}
        wanted[source(language)] = text_of(messages, done, language).encode()
        if said(language) != done:
            changed[compiled(language)] = octets_of(done, language)
    changed |= {
        path: octets
        for path, octets in wanted.items()
        if not path.is_file() or path.read_bytes() != octets
    }
    return dict(sorted(changed.items()))


def untranslated(language: str) -> list[str]:
    """Return the sentences that a language lacks."""
    done = translations(language)
    return [one for one in catalogue.messages() if one not in done]


def main(arguments: list[str]) -> int:
    """Bring everything up to date, or with `--check` only name what is not."""
    is_check = arguments == ["--check"]
    if arguments and not is_check:
        print(__doc__)
        return 2
    changed = stale()
    for path, octets in changed.items():
        name = path.relative_to(ROOT).as_posix()
        if is_check:
            print(f"{name} is out of date: run make catalogues")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
        print(f"wrote {name}")
    for language in LANGUAGES:
        count = len(untranslated(language))
        print(f"{language}: {len(catalogue.messages()) - count} translated, {count} to do")
    return 1 if is_check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
