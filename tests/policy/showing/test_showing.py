from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from exchange_node.config.wording import wording
from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.keys import walk
from exchange_node.policy.showing.outline import outline
from exchange_node.policy.showing.page import as_html
from exchange_node.policy.showing.phrases import Phrase
from exchange_node.policy.showing.plain import WIDTH, as_text

EVIL = "<script>alert(\"1\")</script> & 'x'"


class Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_text_says_what_is_agreed_and_what_is_not(sample: Agreement) -> None:
    text = as_text(outline(sample, str))

    assert "Longest time the receiver may keep it, in days: 1095" in text
    assert "To whoever is not named: forbidden" in text
    assert "By road, in minutes: 120" in text
    assert sample.digest in text
    assert Phrase.SAMPLE in text


def test_production_is_not_called_a_test(sample: Agreement) -> None:
    assert Phrase.SAMPLE not in as_text(outline(replace(sample, test=False), str))


def test_a_line_of_the_text_breaks_where_it_can(sample: Agreement) -> None:
    long = [line for line in as_text(outline(sample, str)).splitlines() if len(line) > WIDTH]

    assert long == []


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_every_key_and_word_is_said_in_the_language_asked_for(language: str) -> None:
    say = wording(language).say
    phrases = {one.key.meaning for _, one in walk(Agreement)}
    phrases |= {word.said for _, one in walk(Agreement) for word in one.words or ()}
    phrases |= set(Phrase)

    unsaid = {one for one in phrases if say(one) == one and not re.match(r"TLS ", one)}

    assert unsaid == set()


def test_the_page_says_what_the_text_says(sample: Agreement) -> None:
    whole = outline(sample, wording("ru").say)

    words = " ".join(" ".join(Page(as_html(whole, "ru")).words).split())

    assert "Получатель вправе хранить не дольше, дней 1095" in words
    assert sample.digest in words


def test_the_page_is_whole_has_no_script_and_asks_for_nothing(sample: Agreement) -> None:
    page = Page(as_html(outline(sample, str), "en"))

    assert page.open == []
    assert page.tags.count("h1") == 1
    assert not {"script", "link", "img", "iframe", "object", "a", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name in {"src", "href"} or name[:2] == "on"]
    assert any("default-src 'none'" in (value or "") for _, value in page.attributes)


def test_what_an_agreement_says_cannot_become_part_of_the_page(sample: Agreement) -> None:
    evil = replace(sample, title=EVIL, grants=(replace(sample.grants[0], clause=EVIL),))

    made = as_html(outline(evil, str), '"><script>')

    assert "<script" not in made
    assert Page(made).words.count(EVIL) == 4  # the title twice, its line, the clause
