"""The names that ebMS itself gives: channel, test service, exchange patterns (Core, appendix D)."""

from __future__ import annotations

import re

EB = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
DEFAULT_MPC = f"{EB}defaultMPC"
TEST_SERVICE = f"{EB}service"
TEST_ACTION = f"{EB}test"
INITIATOR = f"{EB}initiator"
RESPONDER = f"{EB}responder"
"""The roles of the standard's own; they name each other's counterpart."""
ONE_WAY = f"{EB}oneWay"
TWO_WAY = f"{EB}twoWay"

ORIGINAL_SENDER = "originalSender"
FINAL_RECIPIENT = "finalRecipient"
TRACKING_IDENTIFIER = "trackingIdentifier"
"""Properties of the four-corner topology (eDelivery AS4 1.15, Four Corner enhancement)."""

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


def is_uri(value: str) -> bool:
    """Whether a value without a type may stand in a header (ebMS 3.0 Core, 5.2.2.4, 5.2.2.6)."""
    return _URI.fullmatch(value) is not None
