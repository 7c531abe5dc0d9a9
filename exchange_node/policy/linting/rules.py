"""What can be wrong with an agreement that reads well. POL-001 to POL-009 are about paths."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

NO_BINDING_BASIS = Rule(
    code="POL-010",
    severity=Severity.ERROR,
    sentence="grant {grant} lets out personal data ({value}), but no instrument of the legal basis "
    "is binding",
    mend="Name a binding instrument under legal_basis, or take the personal fields out of allow.",
)
NO_PROTECTION = Rule(
    code="POL-011",
    severity=Severity.WARNING,
    sentence="grants let out personal data, and nothing is agreed on its protection",
    mend="Agree on personal_data: protection, contacts, days for correction and deletion.",
)
IDLE_LEAD_TIME = Rule(
    code="POL-012",
    severity=Severity.ERROR,
    sentence="grant {grant} has a lead time, but is of the mode {value}",
    mend="A lead time belongs to the mode advance: change the mode, or take the lead time out.",
)
APPROVED_AUTOMATIC = Rule(
    code="POL-013",
    severity=Severity.ERROR,
    sentence="grant {grant} is automatic, but wants the approval of officers ({value})",
    mend="Set approval to none, or choose another mode.",
)
NO_DUTY_DESK = Rule(
    code="POL-014",
    severity=Severity.WARNING,
    sentence="nobody of {value} answers for operations day and night",
    mend='Add contact_points with role = "operations_24x7" and its party.',
)
DAYS_IN_WRONG_ORDER = Rule(
    code="POL-015",
    severity=Severity.ERROR,
    sentence="{value} comes after {later}",
    mend="Put the days in their order; what is applied before it is signed is provisional.",
)
NO_AUTHENTIC_LANGUAGE = Rule(
    code="POL-016",
    severity=Severity.ERROR,
    sentence="of several languages ({value}) none is said to prevail",
    mend="Set authentic_language to one of languages.",
)
UNKNOWN_PURPOSE = Rule(
    code="POL-017",
    severity=Severity.ERROR,
    sentence="grant {grant} names the purpose {value}, which no code list knows",
    mend="Correct the purpose, or add it to the code list purposes.",
)
OTHER_KIND_OF_DATA = Rule(
    code="POL-018",
    severity=Severity.ERROR,
    sentence="the agreement is for {value} data, this node handles {own} data",
    mend="Use a node of the same kind; test and production never mix.",
)
OVERLAPPING = Rule(
    code="POL-019",
    severity=Severity.ERROR,
    sentence="version {value} is held here and in force from {begins} to {ends}, which overlaps",
    mend="Set supersedes = {value}, or change the days of validity.",
)
NOT_ENFORCED = Rule(
    code="POL-020",
    severity=Severity.WARNING,
    sentence="{value} is agreed, and no gate enforces it yet",
    mend="See to it by other means; docs/agreements.md says which keys act.",
)
NOT_ENFORCED_IN_PRODUCTION = Rule(
    code="POL-021",
    severity=Severity.ERROR,
    sentence="{value} is agreed, and no gate enforces it yet: more would move, or less safely, "
    "than was agreed",
    mend="Narrow the grants by what gates do enforce, and take the key out.",
)
UNKNOWN_REFERENCE = Rule(
    code="POL-022",
    severity=Severity.ERROR,
    sentence="{value} is none of {known}",
    mend="Correct the name.",
)
EXPIRED = Rule(
    code="POL-023",
    severity=Severity.WARNING,
    sentence="its last day, {value}, has passed",
    mend="Agree on a new version.",
)
NO_LEGAL_BASIS = Rule(
    code="POL-024",
    severity=Severity.ERROR,
    sentence="the agreement names no legal basis",
    mend="Name at least one instrument under legal_basis.",
)
CATEGORY_UNFIT = Rule(
    code="POL-025",
    severity=Severity.ERROR,
    sentence="grant {grant} is of the category {category}, and {value} carries none of it",
    mend="Correct the category, or give the message a grant of its own.",
)
NEVER_MET = Rule(
    code="POL-030",
    severity=Severity.WARNING,
    sentence="grant {grant} holds only under {condition}, of which {value} says nothing: it never "
    "flows",
    mend="Give the message a grant of its own without this condition.",
)
MET_UNSEEN = Rule(
    code="POL-031",
    severity=Severity.WARNING,
    sentence="grant {grant} holds only under {condition}, and withholds from {value} what says so: "
    "the receiver cannot see whether it is met",
    mend="Let the fields out that the condition asks for, or trust the sender to keep it.",
)
RECOVERY_KEPT_OUT = Rule(
    code="POL-033",
    severity=Severity.WARNING,
    sentence="{value} is agreed, and the scope keeps recovery out ({scope}): it never begins",
    mend="Take the clock out, or let the scope take recovery in.",
)
ASKED_TOO_EARLY = Rule(
    code="POL-034",
    severity=Severity.WARNING,
    sentence="results are asked after when {value} have passed, and are due later ({due})",
    mend="Ask no earlier than results_days; until they are due the node does not ask.",
)
NO_TIME_TO_ANSWER = Rule(
    code="POL-035",
    severity=Severity.WARNING,
    sentence="{value} is agreed without a time for answers: where somebody does not answer the node"
    " decides nothing",
    mend="Add enquiry_answer_days or recovery_answer_days; else a person has to decide each time.",
)
TOLD_OF_NOTHING = Rule(
    code="POL-036",
    severity=Severity.ERROR,
    sentence="grant {grant} says within how many minutes {value} is there, and it tells of nothing "
    "that happened at a moment: such a clock never runs",
    mend="Take the entry out of told_within; answers have clocks of their own.",
)
NEVER_ASKED_FOR = Rule(
    code="POL-037",
    severity=Severity.WARNING,
    sentence="{value} is agreed, and no grant has {missing}: it never runs",
    mend="Take the clock out, or grant both messages: one asks for a manifest, one gives it.",
)
NO_VERSION = Rule(
    code="POL-032",
    severity=Severity.ERROR,
    sentence="grant {grant} takes versions from {value} to {most}: none",
    mend="Put min below max.",
)
