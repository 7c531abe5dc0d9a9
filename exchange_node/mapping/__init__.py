"""National declaration + profile + facts → WCO document, loss report, trace.

detect → read → place facts → draw → build → what is missing. A national format is a TOML file
under config/national/ (docs/mapping.md has its language); a new element is a line of it.
"""

from exchange_node.mapping.declaration import Mapped, Opened, detect, map_declaration, named, opened
from exchange_node.mapping.drawing import Missing
from exchange_node.mapping.facts import Fact, Facts, read_facts
from exchange_node.mapping.findings import RULES
from exchange_node.mapping.profile import Profile, Profiles, read_profiles
from exchange_node.mapping.report import Line, Report, Trace, packed, unpacked

__all__ = [
    "RULES",
    "Fact",
    "Facts",
    "Line",
    "Mapped",
    "Missing",
    "Opened",
    "Profile",
    "Profiles",
    "Report",
    "Trace",
    "detect",
    "map_declaration",
    "named",
    "opened",
    "packed",
    "read_facts",
    "read_profiles",
    "unpacked",
]
