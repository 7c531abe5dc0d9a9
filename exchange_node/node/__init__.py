"""A Node: the only place that chooses implementations, the clock, ids and randomness.

`build` makes the node of a folder, `serving` the one that serves it alone; `initialise` makes the
folder, `check` says what it lacks.
"""

from exchange_node.node.building import Director, Met, Node, build, play, post_again
from exchange_node.node.building.border import (
    expecting,
    merging,
    placing,
    printing,
    ruling,
    scanning,
)
from exchange_node.node.checking import check
from exchange_node.node.pmodes import lint_pmodes, pmode_parameters, pmode_rows
from exchange_node.node.preparing import (
    agreement_desk,
    agreement_parties,
    card_of,
    code_listing,
    drafting,
    initialise,
    keys_of,
    new_key,
    pair_agreement,
    reasoning,
    trying,
    workbench,
)
from exchange_node.node.serving import opened, serving
from exchange_node.node.settling import settle
from exchange_node.node.surroundings import new_id, new_passphrase, utc_now
from exchange_node.node.timetable import Walk
from exchange_node.services.alert_lists import Form as ListForm
from exchange_node.services.alert_lists import template as alert_list_template
from exchange_node.services.assistance.telling_breach import Happened
from exchange_node.services.availability import Intended
from exchange_node.services.commissioning.code_lists import (
    Change,
    check_list,
    compare_lists,
    named_by,
)
from exchange_node.services.stations.posts.records import Offline
from exchange_node.services.workbench.agreements import AgreementDesk
from exchange_node.services.workbench.documents import Workbench
from exchange_node.services.workbench.reasoning import Reasons
from exchange_node.services.workbench.trying import Trial
from exchange_node.transport.tls import shown_on

__all__ = [
    "AgreementDesk",
    "Change",
    "Director",
    "Happened",
    "Intended",
    "ListForm",
    "Met",
    "Node",
    "Offline",
    "Reasons",
    "Trial",
    "Walk",
    "Workbench",
    "agreement_desk",
    "agreement_parties",
    "alert_list_template",
    "build",
    "card_of",
    "check",
    "check_list",
    "code_listing",
    "compare_lists",
    "drafting",
    "expecting",
    "initialise",
    "keys_of",
    "lint_pmodes",
    "merging",
    "named_by",
    "new_id",
    "new_key",
    "new_passphrase",
    "opened",
    "pair_agreement",
    "placing",
    "play",
    "pmode_parameters",
    "pmode_rows",
    "post_again",
    "printing",
    "reasoning",
    "ruling",
    "scanning",
    "serving",
    "settle",
    "shown_on",
    "trying",
    "utc_now",
    "workbench",
]
