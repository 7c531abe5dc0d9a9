"""Numbers, dates, codes and units as national systems write them → ours."""

from exchange_node.mapping.profile.notation.codes import (
    LOOK_ALIKES,
    Crosswalk,
    Dated,
    Unknown,
    crosswalk,
    folded,
)
from exchange_node.mapping.profile.notation.dates import (
    PIVOT,
    DateShape,
    Moment,
    date_shape,
    read_moment,
    zone,
)
from exchange_node.mapping.profile.notation.numbers import (
    NumberShape,
    number_shape,
    plain_text,
    read_number,
)
from exchange_node.mapping.profile.notation.units import Units, read_units

__all__ = [
    "LOOK_ALIKES",
    "PIVOT",
    "Crosswalk",
    "DateShape",
    "Dated",
    "Moment",
    "NumberShape",
    "Units",
    "Unknown",
    "crosswalk",
    "date_shape",
    "folded",
    "number_shape",
    "plain_text",
    "read_moment",
    "read_number",
    "read_units",
    "zone",
]
