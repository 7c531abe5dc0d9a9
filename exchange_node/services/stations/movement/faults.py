"""What is wrong with a partner's notice of a movement."""

from __future__ import annotations

from exchange_node.domain.errors import InvalidDocumentError, NodeError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.movement import PLACELESS, MovementNotice
from exchange_node.store.movements.events import KeptEvent

OUT_OF_SEQUENCE = Rule(
    code="CAREC-F050",
    severity=Severity.ERROR,
    sentence="{event} of movement {value} is out of sequence (NCTS 92): it is {state}{missing}",
    mend="Compare the timelines (`exchange-node movement show`); send what is missing first.",
)
UNKNOWN_MOVEMENT = Rule(
    code="CAREC-F051",
    severity=Severity.ERROR,
    sentence="movement {value} is unknown here: no manifest of it was received (NCTS 90)",
    mend="Check the number; who sent goods off has to send their manifest (TM-010) here.",
)
NOT_THEIRS = Rule(
    code="CAREC-F052",
    severity=Severity.ERROR,
    sentence="{event} of movement {value} is not for {party} to tell: {part}",
    mend="docs/movement-life.md says whose event it is; the manifest says who takes part.",
)
FOREIGN_OFFICE = Rule(
    code="CAREC-F053",
    severity=Severity.ERROR,
    sentence="office {value} is none of {party}",
    mend="An administration tells what its own offices saw.",
)
NOTICE_TAKEN = Rule(
    code="CAREC-F054",
    severity=Severity.ERROR,
    sentence="notice {value} was told already, of something else",
    mend="Give each notice a number of its own.",
)
NOT_BEGUN_HERE = Rule(
    code="CAREC-F055",
    severity=Severity.ERROR,
    sentence="no movement {value} began here (NCTS 90)",
    mend="Check the number; ask the administration that issued it.",
)
NOT_TO_BE_GIVEN = Rule(
    code="CAREC-F056",
    severity=Severity.ERROR,
    sentence="the manifest of movement {value} cannot be given: {why}",
    mend="Ask the desk of the country of departure, which sees what stands against it.",
)
NOT_ASKED_FOR = Rule(
    code="CAREC-F057",
    severity=Severity.ERROR,
    sentence="nobody here asked {party} for the manifest of movement {value}",
    mend="TM-014 answers a TM-013 and names its MessageId; unasked a manifest goes as TM-010.",
)
AMENDED_LATE = Rule(
    code="CAREC-F058",
    severity=Severity.ERROR,
    sentence=(
        "the manifest of movement {value} can be amended no more (NCTS 92): {why}; cancel it and "
        "issue it anew"
    ),
    mend="A manifest is amended (TM-011) before the first border; a new one has a new number.",
)
MANIFEST_TAKEN = Rule(
    code="CAREC-F059",
    severity=Severity.ERROR,
    sentence=(
        "another manifest of movement {value} is held, told in {message} (NCTS 26): a change of it "
        "is told as TM-011"
    ),
    mend="A changed manifest goes as its amendment (TM-011); another movement has its own number.",
)
OVERTAKEN = Rule(
    code="CAREC-F069",
    severity=Severity.WARNING,
    sentence=(
        "of movement {value} a text that was sealed later holds, told in {message}: this one is "
        "kept as already superseded"
    ),
    mend="Nothing has to be done; if this text is the one that is meant, amend the manifest again.",
)
RULES = (
    OUT_OF_SEQUENCE,
    UNKNOWN_MOVEMENT,
    NOT_THEIRS,
    FOREIGN_OFFICE,
    NOTICE_TAKEN,
    NOT_BEGUN_HERE,
    NOT_TO_BE_GIVEN,
    NOT_ASKED_FOR,
    AMENDED_LATE,
    MANIFEST_TAKEN,
    OVERTAKEN,
)


def refused(found: Finding) -> InvalidDocumentError:
    """Return what refuses a notice for one reason."""
    return InvalidDocumentError((found,))


def said_of(err: NodeError) -> str:
    """Return what is wrong, without a word of what stands in the document: findings quote it."""
    if isinstance(err, InvalidDocumentError):
        return ", ".join(dict.fromkeys(one.code for one in err.findings))
    return str(err)


def require_own_office(notice: MovementNotice) -> None:
    """Pass a notice of an office of its issuer.

    Raises:
        InvalidDocumentError: it is another administration's office.
    """
    if notice.event in PLACELESS and not notice.office:
        return
    if notice.office[:2].lower() != notice.issuer.removeprefix("customs."):
        found = FOREIGN_OFFICE.found(
            pointer="InterGov/Declaration/PresentationOffice/ID",
            value=notice.office,
            party=notice.issuer,
        )
        raise refused(found)


def require_same(earlier: KeptEvent, notice: MovementNotice) -> None:
    """Pass a notice that says what was told under its number before.

    Raises:
        InvalidDocumentError: it says something else.
    """
    told = (earlier.event, earlier.office, earlier.occurred_at)
    if told != (notice.event, notice.office, notice.occurred_at):
        found = NOTICE_TAKEN.found(pointer="InterGov/ID", value=notice.notice_id)
        raise refused(found)
