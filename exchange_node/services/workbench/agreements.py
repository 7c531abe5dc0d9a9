"""Agreements looked at without anything being activated: begin · lint · show · compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from exchange_node.domain.agreement import Agreement, AgreementParty, Validity
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.finding import Finding
from exchange_node.policy.linting.lint import Surroundings, lint_agreement
from exchange_node.policy.showing.differences import differences
from exchange_node.policy.showing.outline import outline
from exchange_node.policy.showing.page import as_html
from exchange_node.policy.showing.phrases import Phrase
from exchange_node.policy.showing.plain import as_text
from exchange_node.policy.text.draft import draft_agreement
from exchange_node.policy.text.reading import read_agreement
from exchange_node.policy.text.writing import write_agreement

Say = Callable[[str], str]
"""What a message id is in the reader's language."""

LIFETIME = timedelta(days=365)
"""How long a new draft is to be in force, until somebody decides otherwise (our choice)."""

DRAFT_HEADER = """\
# DRAFT. Nobody has agreed to it: finish it with your partner, then `exchange-node agreement lint`.
# It permits test data alone, until both sides have a node for production data and say test = false.
# What a line says begins to hold when the mark before it is taken away.

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDesk:
    """Needs the shipped sample, lists and registry; a node only where one is named or compared.

    Attributes:
        around: what a text is held against; without a node, nothing is held.
        sample_text: the shipped sample, of which a draft is made.
    """

    around: Surroundings
    sample_text: str

    def begin(self, own: AgreementParty, partner: AgreementParty, *, say: Say) -> str:
        """Return the commented text of a new agreement, for a person to finish.

        Raises:
            InvalidAgreementError: the two make no agreement, as where they are one.
        """
        drafted = draft_agreement(
            self.sample_text,
            parties=(own, partner),
            agreement_id=f"urn:carec:maa:{own.country}-{partner.country}:transit".lower(),
            validity=Validity(in_force_on=self.around.on, expires_on=self.around.on + LIFETIME),
        )
        text = write_agreement(
            replace(drafted, title=f"Draft: {own.country} and {partner.country}"),
            header=DRAFT_HEADER,
            say=say,
        )
        read_agreement(text, "draft")
        return text

    def lint(self, text: str, name: str) -> tuple[Finding, ...]:
        """Return what is wrong with a text, here and now.

        Raises:
            InvalidAgreementError: it is no agreement at all.
        """
        return lint_agreement(read_agreement(text, name), self.around)

    @staticmethod
    def read(text: str, name: str) -> Agreement:
        """Return the agreement that a text says.

        Raises:
            InvalidAgreementError: it says none.
        """
        return read_agreement(text, name)

    def held(self, agreement_id: str, version: int | None = None) -> Agreement:
        """Return a version that the node holds; without a number, the newest.

        Raises:
            UnknownRecordError: it holds none such.
        """
        found = [
            one.agreement
            for one in self.around.held
            if one.agreement.agreement_id == agreement_id
            and version in (None, one.agreement.version)
        ]
        if not found:
            key = agreement_id if version is None else f"{agreement_id} version {version}"
            raise UnknownRecordError(kind="agreement", key=key)
        return max(found, key=lambda one: one.version)

    @staticmethod
    def text(agreement: Agreement, say: Say) -> str:
        """Return an agreement as a text for people."""
        return as_text(outline(agreement, say))

    @staticmethod
    def html(agreement: Agreement, say: Say, language: str) -> str:
        """Return an agreement as a page for people."""
        return as_html(outline(agreement, say), language)

    @staticmethod
    def compare(before: Agreement, after: Agreement, say: Say) -> list[str]:
        """Return what one text says otherwise than another did, a sentence each."""
        if before.digest == after.digest:
            return [say(Phrase.SAME)]
        found = [one.said(say) for one in differences(before, after, say)]
        # A default that is written out changes the digest, and nothing else.
        return found or [say(Phrase.SAME_BUT_DIGEST)]
