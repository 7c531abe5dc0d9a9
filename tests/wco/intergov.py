"""What the tests of every InterGov codec begin with, and what their laws draw from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from exchange_node.config.shipped import library as shipped_library
from exchange_node.wco.building import Metadata

LIBRARY = shipped_library(Path("/nowhere"))
METADATA = Metadata(country="KZ", agency="Customs", type_name="InterGov")
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)

words = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc", "Cn"]),
    min_size=1,
    max_size=35,
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - the strategy adds the zone
    lambda at: at.replace(microsecond=0)
)
