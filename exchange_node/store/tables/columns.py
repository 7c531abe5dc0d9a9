"""Kinds of columns that several tables share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy import text as sql_text

if TYPE_CHECKING:
    from sqlalchemy import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the column is exactly INTEGER.
NUMBER = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """A moment: timezone-aware going in, UTC coming out, on databases with and without zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment into UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without an offset")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back UTC, which SQLite does not write down."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def number() -> Column[int]:
    """Return the key that the database counts by itself; it also orders pages."""
    return Column("number", NUMBER, primary_key=True)


def text(name: str, **more: Any) -> Column[str]:  # noqa: ANN401 - handed on to Column
    """Return a column that always has a text; empty means unknown."""
    return Column(name, Text, nullable=False, **more)


def moment(name: str) -> Column[datetime]:
    """Return a column that always has a moment."""
    return Column(name, Moment, nullable=False)


def perhaps_moment(name: str) -> Column[datetime]:
    """Return a column for a moment that may not have come."""
    return Column(name, Moment, nullable=True)


def plain(name: str) -> Column[Any]:
    """Return a column for plain lists and mappings."""
    return Column(name, JSON, nullable=False)


def payload_reference(name: str, *, nullable: bool) -> Column[str]:
    """Return a column that names a payload."""
    return Column(name, Text, ForeignKey("payload.payload_id"), nullable=nullable)


def where(condition: str) -> dict[str, Any]:
    """Return what keeps an index to the rows that a condition holds of, on either store."""
    return dict.fromkeys(("sqlite_where", "postgresql_where"), sql_text(condition))


def word_columns() -> tuple[Column[Any], ...]:
    """Return what words are kept under, and until when: empty where nobody has looked yet."""
    return (
        text("agreement_id", server_default=""),
        Column("agreement_version", Integer, nullable=False, server_default="0"),
        text("grant_id", server_default=""),
        perhaps_moment("delete_after"),
        perhaps_moment("disposed_at"),
    )


def exchange_columns() -> tuple[Column[Any], ...]:
    """Return the columns of a `domain.message.Exchange`."""
    return (
        text("sender"),
        text("recipient"),
        text("code"),
        text("agreement_id"),
        Column("agreement_version", Integer, nullable=False),
        text("agreement_digest"),
        text("grant_id"),
        text("purpose"),
        text("handling"),
        Column("test", Boolean, nullable=False),
    )
