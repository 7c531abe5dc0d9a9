"""The names that ebMS itself gives: channel, test service, exchange patterns (Core, appendix D)."""

from __future__ import annotations

EB = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
DEFAULT_MPC = f"{EB}defaultMPC"
TEST_SERVICE = f"{EB}service"
TEST_ACTION = f"{EB}test"
ONE_WAY = f"{EB}oneWay"
TWO_WAY = f"{EB}twoWay"

ORIGINAL_SENDER = "originalSender"
FINAL_RECIPIENT = "finalRecipient"
TRACKING_IDENTIFIER = "trackingIdentifier"
"""Properties of the four-corner topology (eDelivery AS4 1.15, Four Corner enhancement)."""
