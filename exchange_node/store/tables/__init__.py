"""Columns → tables → metadata: how everything lies in the database; migrations/ builds the same.

A moment is UTC, a list or mapping is JSON, an enumeration is its text; what a person or a partner
wrote as a document is a payload and lies encrypted in chunks.
"""

from exchange_node.store.tables.assistance import (
    assistance_case,
    assistance_clock,
    assistance_paper,
)
from exchange_node.store.tables.columns import metadata
from exchange_node.store.tables.house import (
    agreement,
    agreement_act,
    audit,
    audit_head,
    node_meta,
    notification,
    notification_way,
    office_entry,
    outage,
    pulse,
    quality,
    token,
)
from exchange_node.store.tables.onward import onward_answer, onward_export, onward_request
from exchange_node.store.tables.orders import breach, record_order, record_order_item
from exchange_node.store.tables.records import (
    acknowledgement,
    alert,
    alert_feedback,
    alert_key,
    alert_recipient,
    hit,
    known_name,
    known_sound,
    manifest,
    manifest_key,
)
from exchange_node.store.tables.retention import disposal, legal_hold
from exchange_node.store.tables.traffic import (
    account_gap,
    account_line,
    capture,
    duty,
    inbox,
    inbox_attachment,
    outbox,
    outbox_line,
    payload,
    payload_chunk,
    pull_line,
    submission,
    waiting_room,
    waiting_room_approval,
)
from exchange_node.store.tables.transit.deciding import (
    draw,
    draw_day,
    rule_set,
    ruling,
    ruling_act,
)
from exchange_node.store.tables.transit.movements import movement, movement_event, movement_parked

__all__ = [
    "account_gap",
    "account_line",
    "acknowledgement",
    "agreement",
    "agreement_act",
    "alert",
    "alert_feedback",
    "alert_key",
    "alert_recipient",
    "assistance_case",
    "assistance_clock",
    "assistance_paper",
    "audit",
    "audit_head",
    "breach",
    "capture",
    "disposal",
    "draw",
    "draw_day",
    "duty",
    "hit",
    "inbox",
    "inbox_attachment",
    "known_name",
    "known_sound",
    "legal_hold",
    "manifest",
    "manifest_key",
    "metadata",
    "movement",
    "movement_event",
    "movement_parked",
    "node_meta",
    "notification",
    "notification_way",
    "office_entry",
    "onward_answer",
    "onward_export",
    "onward_request",
    "outage",
    "outbox",
    "outbox_line",
    "payload",
    "payload_chunk",
    "pull_line",
    "pulse",
    "quality",
    "record_order",
    "record_order_item",
    "rule_set",
    "ruling",
    "ruling_act",
    "submission",
    "token",
    "waiting_room",
    "waiting_room_approval",
]
