"""What would become of a file and what each step does: templates over the facts of a trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from exchange_node.services.stations.departure.way import Stage


class Fate(StrEnum):
    """What would become of a file."""

    ACCEPTED = "accepted"
    REFUSED_HERE = "refused-here"
    REFUSED_THERE = "refused-there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What is said of an outcome or a step; a template over the facts of a trial."""

    sentence: str


FATES: Mapping[Fate, Saying] = MappingProxyType(
    {
        Fate.ACCEPTED: Saying(
            sentence="This would be sent to {partner} on {on}, in version {version}, and accepted."
        ),
        Fate.REFUSED_HERE: Saying(
            sentence="This would be refused here on {on}; nothing would be sent to {partner}."
        ),
        Fate.REFUSED_THERE: Saying(
            sentence="This would be sent to {partner} on {on} and refused there."
        ),
    }
)
STEPS: Mapping[Stage, Saying] = MappingProxyType(
    {
        Stage.RECOGNISE: Saying(sentence="Recognise what it is"),
        Stage.MAP: Saying(sentence="Map it onto the WCO document"),
        Stage.VALIDATE: Saying(sentence="Check schema, codes and rules"),
        Stage.PERMIT: Saying(sentence="Ask the agreements with {partner}"),
        Stage.MINIMISE: Saying(sentence="Take out what the grant withholds"),
        Stage.CONVERT: Saying(sentence="Write the version that {partner} takes"),
        Stage.CHECK: Saying(sentence="Check what is left, as {partner} will read it"),
        Stage.PACK: Saying(sentence="Look for keys, certificates and bounds"),
        Stage.RELEASE: Saying(sentence="Wait for the officers whom the grant asks for"),
        Stage.ARRIVE: Saying(sentence="Read it as the node of {partner} does"),
    }
)
