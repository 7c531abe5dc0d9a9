"""A URL → an engine; transactions that write or read; versions; rows that are added once."""

from exchange_node.store.database.opening import open_database
from exchange_node.store.database.rows import add_once
from exchange_node.store.database.transactions import WAIT_SECONDS, reading, transaction
from exchange_node.store.database.versions import (
    LOWEST_COMPATIBLE,
    SCHEMA_VERSION,
    check_version,
    schema_version,
    versions_in,
)

__all__ = [
    "LOWEST_COMPATIBLE",
    "SCHEMA_VERSION",
    "WAIT_SECONDS",
    "add_once",
    "check_version",
    "open_database",
    "reading",
    "schema_version",
    "transaction",
    "versions_in",
]
