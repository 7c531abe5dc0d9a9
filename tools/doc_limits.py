"""docs/limits.md: every bound, read from the objects that enforce it.

A bound that nobody has described here stops the generator, so that none can be added in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from exchange_node.config import partners
from exchange_node.domain.transmission import Retry
from exchange_node.ebms.message import Limits
from exchange_node.safe_xml import DOCUMENT, ENVELOPE
from exchange_node.web import api
from tools import catalogue
from tools.doc_program import description
from tools.doc_text import GENERATED, bounds, paragraph, table

XML = {
    "max_bytes": "bytes of the document",
    "max_depth": "elements inside each other",
    "max_elements": "elements in the document",
    "max_attributes": "attributes on one element",
    "max_name": "characters of one name, its namespace included",
    "max_namespaces": "namespaces declared on one element and those around it",
}
AS4 = {
    "max_document_bytes": "bytes of the leading payload, the document, after decompression;"
    " `limits.document_bytes` sets it",
    "max_attachment_bytes": "bytes of every other payload after decompression;"
    " `limits.attachment_bytes` sets it",
    "max_total_bytes": "bytes of all payloads of one message after decompression; twice"
    " `limits.attachment_bytes`",
    "max_ratio": "times that a payload may grow in decompression, beyond its first megabyte",
}
MIME = {
    "max_bytes": "bytes of the package",
    "max_parts": "MIME parts, the envelope included",
    "max_header_bytes": "bytes of one part's header",
}
RETRY = {
    "first": "by default, wait after the first try; `retry.first_seconds` sets it",
    "factor": "by default, times longer after each further try; `retry.factor` sets it",
    "most": "by default, longest wait; `retry.most_seconds` sets it",
    "max_retries": "by default, repeats after the first try; `retry.max_retries` sets it",
}

CONSTANTS = {
    "AS4": {
        "mime._MAX_MARGIN": "bytes before the first and after the last MIME part",
        "transfer._MAX_LINE": "bytes of a line of a large quoted-printable part",
        "signing.MAX_CANONICAL": "bytes of a payload that is signed in its canonical form",
        "mime._MAX_MEDIA_TYPE": "characters of a Content-Type",
        "header._MAX_MESSAGE_ID": "characters of a MessageId",
        "vocabulary.LONGEST_CONVERSATION": "characters of a ConversationId",
        "message.OVERLAP": "that partners have to take in a new certificate before it signs",
        "pack.MAX_PAYLOADS": "payloads in one message",
        "attaching.MAX_ATTACHMENTS": "attachments of one document",
        "outgoing.MOST_BYTES": "bytes of a document with its seal that a partner is sent",
        "outgoing.SEAL_BYTES": "bytes of these that are kept for the seal",
        "attaching._LONGEST_NAME": "characters of an attachment's name",
        "matching._MOST_NAMED": "agreed values that are named where a header fits none",
        "matching._MOST_CHARACTERS": "characters of a header's value that are told back",
        "xmldsig.MAX_REFERENCES": "references in one signature",
        "reference.MAX_PREFIXES": "prefixes in one list of a signature's canonical XML",
        "encryption._MAX_ID": "characters of an Id in WS-Security",
        "writing._MAX_DETAIL": "characters of an error's detail that are told to a partner",
        "reading._MAX_DETAIL": "characters of a partner's error detail that are kept",
        "reading.MOST_SIGNAL_BYTES": "bytes of a request that is read as a signal",
        "heads.MAX_HEAD_BYTES": "bytes of an HTTP request's head, or of its trailers",
        "heads.PATIENCE_SECONDS": "seconds that a caller may keep a connection waiting",
        "heads.LEAST_BYTES_A_SECOND": "bytes of a request for each second more that it may take",
        "server.HANDSHAKE_SECONDS": "seconds that a caller's TLS handshake may take",
        "heads.LOOK_SECONDS": "seconds between two looks at a connection",
        "probe.MAX_PROBE_BYTES": "bytes of a partner's answer to a test message",
        "line.BYTES_A_SECOND": "bytes of a message for each second more that its answer may take",
        "pace.LEAST_BYTES_A_SECOND": "bytes, either way, for each second more that an exchange with"
        " a partner may take, beyond `worker.answer_timeout_seconds` to be taken and the same to be"
        " answered",
        "pace.BUFFERED_BYTES": "bytes of a message that may be under way yet when it is answered",
        "pace.HEAD_BYTES": "bytes of an answer beside its body that earn it time",
        "https.KEEP_ALIVE_SECONDS": "seconds that an idle connection to a partner is kept",
        "line.MAX_ANSWER_BYTES": "bytes of a partner's answer to a message",
        "tokens._MAX_SERIAL_DIGITS": "digits of a certificate's serial number",
    },
    "Keys and certificates": {
        "fitness.LEAST_RSA_BITS": "bits of an RSA key, at the least",
        "rsa._LEAST_RSA_BITS": "bits of an RSA key of a message's signature, at the least",
        "seal._LEAST_RSA_BITS": "bits of an RSA key of a document seal, at the least",
        "detached._LEAST_RSA_BITS": "bits of an RSA key that signs an agreement, at the least",
        "fitness.ENDS_SOON": "before its end a certificate is warned of",
        "partners.MOST_CERTIFICATES": "certificates of one purpose in a card",
        "switches.MOST_SWITCHES": "versions of our documents in a schedule of `schema_versions`",
        "pairs.LIFETIME": "a certificate of `init` and `key new` is valid for",
        "pairs.AUTHORITY_LIFETIME": "the authority of the node's own is valid for",
        "files._MOST_PASSPHRASE_BYTES": "bytes of a passphrase",
        "paths.MOST_CERTIFICATES": "certificates in one path that a message carries",
        "making._MOST_ORGANISATION": "characters of an administration's name in a certificate",
        "vault._MOST_LOG_N": "as power of two: cost of scrypt that is still read (N)",
        "vault._MOST_P": "cost of scrypt that is still read (p)",
    },
    "Papers and border posts": {
        "code.MOST_DOCUMENTS": "documents that one code names",
        "code.MOST_CHARACTERS": "characters of a code that is read",
        "code.LONGEST_MOVEMENT": "characters of a movement's number in a code",
        "code._LEAST_RSA_BITS": "bits of an RSA key of a code, at the least",
        "printing.BEYOND_LIMIT": "a code counts beyond the last day to arrive",
        "printing.WITHOUT_LIMIT": "a code counts where the manifest names no last day",
        "rows.MOST_ITEMS": "lines of goods that are printed",
        "writing.LONGEST_VALUE": "characters of one value that are printed",
        "statement.MOST_PLAIN_BYTES": "bytes of a signed statement, after decompression",
        "statement.MOST_HEAD_BYTES": "bytes of what stands before a signed statement",
        "statement._LEAST_RSA_BITS": "bits of an RSA key of a signed statement, at the least",
        "forwarding.BATCH": "messages for offices that are made in one walk",
        "due.MOST_EXPECTED": "manifests that one post is told of, the newest",
        "board.MOST_TRUSTED": "entries whose senders' papers an office's node believes",
        "expecting.PAGE_BYTES": "bytes of the manifests that a post is handed at a time, unpacked",
        "expecting.MOST_ENTRIES": "manifests that a post is handed at a time",
        "alerts._PAGE": "alerts that are read at a time by who may need the newest alone",
        "due._PAGE": "manifests that are read at a time for the index of a post",
        "expecting.MOST_NONCE": "characters of the word that a signed answer repeats",
        "line.MOST_ANSWER_BYTES": "bytes of one answer that a post takes in",
        "syncing._MOST_ENTRIES": "manifests in the index that a post takes in",
        "post.MOST_SCANNED_BYTES": "bytes of a file that a code is looked for in",
        "post.MOST_CARD_BYTES": "bytes of a card that a post is made with",
        "recording.MOST_SEALS": "seals in one record of a post",
        "recording.MOST_PACKAGES": "packages in one record of a post, less one",
        "recording.LONGEST_ASKED": "characters of a look at a post that are written down",
    },
    "Authorities": {
        "connections.MOST_QUESTIONS": "questions to authorities about one path",
        "reading.USUAL_BYTES": "bytes of a certificate that is remembered as it was read",
        "path.MOST_CERTIFICATES": "certificates of one path, the partner's and the authority's"
        " included",
        "path.MOST_SIGNATURES": "signatures that are verified in the search for one path",
        "status.CLOCK_SKEW": "by default, an authority's clock may differ from ours",
        "status.LONGEST_WITHOUT_END": "an answer that names no next one is believed for",
        "ocsp._MOST_ANSWERS": "answers in one OCSP response that are looked through",
        "fetching.MAX_LIST_BYTES": "bytes of a revocation list",
        "fetching.MAX_RESPONSE_BYTES": "bytes of an OCSP response",
        "fetching.MOST_AT_ONCE": "questions to authorities that may be under way at a time",
        "asking.MOST_PLACES": "responders, and places of a list, that are tried for a certificate",
        "asking.MOST_LISTS": "revocation lists that are kept in memory",
        "asking.TRY_AGAIN": "an authority that could not be heard is left in peace for",
        "revocation.MOST_WORDS": "certificates whose status is remembered",
    },
    "Names": {
        "reading.MOST_LETTERS": "characters of a name that are compared",
        "reading.MOST_WORDS": "words of a name that are compared",
        "reading.LONGEST_WORD": "sounds of a word that are compared",
        "naming._LONGEST": "sounds of a word that a summary is listened to for",
        "naming._MOST_WORDS": "words of a name that a summary is listened to for",
        "naming._MOST_ALIKE": "words of a text with the same consonants that are listened to",
        "keys.MOST_KEYS": "keys that a name is found by",
        "keys._MOST_KEYED": "words of a name that keys are made of",
        "sounds.MOST_READINGS": "readings of a word of doubtful letters that keys are made of",
        "chinese.LONGEST": "syllables of a Chinese person's name",
        "chinese._MOST_LETTERS": "letters of a Chinese syllable",
    },
    "Declarations and facts": {
        "picks.MOST_LOOPS": "names of a path in a profile that are written as loops in each other",
        "source.MOST_TEXTS": "functions of profiles that are kept compiled",
        "codelist.CODE_LIST_BYTES": "bytes of a code list on the command line",
        "workbench.DOCUMENT_BYTES": "bytes of a declaration or document on the command line",
        "opening.MAX_BYTES": "bytes of a declaration, whatever its notation",
        "opening.HEAD_BYTES": "bytes of a table or of lines of columns that it is recognised by",
        "decoding.LEAST_CHARACTERS": "characters beyond ASCII, at the least, that tell UTF-8 from"
        " the encoding that a file names",
        "delimited.MAX_ROWS": "rows of a table",
        "delimited.MAX_COLUMNS": "columns of a table",
        "delimited.MAX_STEPS": "steps in the name of a column, where names are paths",
        "fixed.MAX_LINES": "lines of columns",
        "json.MAX_DEPTH": "JSON objects and lists inside each other",
        "segments.MAX_SEGMENTS": "segments of an EDIFACT interchange",
        "interchange.MAX_GROUPS": "groups of EDIFACT segments opened inside each other",
        "planting.MAX_VALUES": "values of a declaration that is not XML",
        "planting.MAX_VALUE": "characters of one of them",
        "planting.MAX_NAME": "characters of the name of one of them",
        "draft.MOST_BEYOND": "nodes without room in the document that are listed",
        "loss.MOST_PLACES": "places of one rule at one field that are told; the rest is counted",
        "planting.MOST_OF_A_RULE": "findings of one rule about a file that are listed",
        "examples.EXAMPLE_BYTES": "bytes of each file of an example beside a profile",
        "drafting.MOST_SAMPLES": "samples that a profile is drafted of",
        "drafting.MOST_BYTES": "bytes of all of them together",
        "observing.MOST_PATHS": "different paths with a value in all of them",
        "observing.MOST_VALUES": "different values of one path that a draft looks at",
        "tables.MOST_LINES": "lines of a sample that tell the layout of a table or of columns",
        "columns.MOST_TYPES": "types of rows that such a sample may have",
        "columns.MOST_PLACES": "characters of a line of columns that is drafted from",
        "shapes.LONGEST": "characters of a value that a draft takes for a number, a date or a code",
        "tables.MOST_SIGNS": "columns that a draft recognises a table by",
        "layout.MOST_KEYS": "keys that a draft recognises JSON by",
        "layout.MOST_DEPTH": "objects around a declaration in JSON that a draft looks into",
        "matching.MOST_CANDIDATES": "elements that are weighed for one path of a draft",
        "words._LEAST": "letters, at the least, of a word that a longer name is parted into",
        "words._LONGEST": "letters of a name that is parted into words",
        "extras.MOST_CODES": "codes of one table in a draft",
        "shipped.PROFILE_BYTES": "bytes of a profile that is named by its file",
        "facts.MAX_CHARACTERS": "characters of the facts of one submission",
        "facts.MAX_FACTS": "facts of one submission",
        "facts.MAX_VALUE": "characters of one fact",
        "explaining.MOST_COMPARED": "places that are compared with one where nothing stands",
        "explaining.MOST_NEAR": "places that are named where nothing stands at the one asked for",
        "keeping.MOST_BYTES": "bytes of a kept report as it is unpacked",
        "schema.MOST_REPORTED": "findings of the schema that one document is given",
    },
    "Agreements and partner cards": {
        "toml_table.MAX_TEXT": "bytes of an agreement's text",
        "toml_table.MAX_LINE": "characters of a line of it",
        "toml_table.MAX_DEPTH": "tables inside each other in it",
        "keys.MAX_CHARACTERS": "characters of one text of it",
        "keys.MAX_ENTRIES": "entries of one list of it, where its key says no other number",
        "grant.MAX_PATHS": "paths in one list of a grant",
        "masking.MAX_KEPT": "characters that a truncated field keeps",
        "rulings.MAX_RULINGS": "paths whose fate is kept with a grant",
        "agreement.MAX_VERSION": "as number of its version",
        "keys.MAX_MONTHS": "months of a clock of an agreement",
        "keys.MAX_DAYS": "days of retention, or of another clock of an agreement",
        "keys.MAX_HOURS": "hours of a clock of an agreement",
        "keys.MAX_MINUTES": "minutes of a clock of an agreement",
        "keys.MAX_SECONDS": "seconds of a clock of an agreement",
        "agreements.LIFETIME": "that a new draft of an agreement is to be in force",
        "agreement.AGREEMENT_BYTES": "bytes of an agreement on the command line",
        "texts.MOST_OPEN": "offers of one partner that wait for an answer",
        "countersigning.ACT_BYTES": "bytes of a partner's act in a file",
        "admission.CARD_BYTES": "bytes of a partner's card on the command line",
    },
    "Alerts": {
        "counting.MOST_COUNTED": "versions of alerts that one question for indicators counts",
        "alert.MAX_ATTACHMENTS": "files that one alert names",
        "alert_relations.MOST_COMPARED": "alerts that are compared with one that is shown",
        "operation.MAX_PERIOD": "a joint operation lasts at most",
        "operation.MOST_PARTNERS": "administrations that take part in one, beside who leads it",
        "operation.LONGEST_NAME": "characters of its name",
        "walk.MOST_ALERTS": "alerts of a joint operation that are shown",
        "walk.MOST_GROUPED": "alerts that a list of joint operations counts",
        "alert.MAX_QUESTIONS": "questions that one alert asks, and that one feedback answers",
        "alert.MAX_SUBJECTS": "subjects of an alert",
        "searching.MOST_AT_ONCE": "manifests that are opened in the transaction of a new alert",
        "searching.MOST_IN_A_PORTION": "manifests that are opened in each portion after it",
        "searching.MOST_FITTING": "of these, that may fit before the rest is left to the next one",
        "matching.LEASE": "a portion may take before another worker takes it up",
        "statements.MOST_REFUSED": "refused statements that an office's node looks through",
        "awaiting.BATCH": "business answers that are missed in one walk",
        "awaiting.LEASE": "the clock of an answer that ran out stays with who took it",
        "awaiting.TRY_AGAIN": "the clock of an answer that broke is tried again after",
        "reminding.BATCH": "clocks of alerts that run out in one walk",
        "reminding.LEASE": "a clock of an alert that ran out stays with who took it",
        "reminding.TRY_AGAIN": "a clock of an alert that broke is tried again after",
        "stopping._MOST_LINES": "lines of audit read for earlier tries of a withdrawn message",
        "alert.MAX_VALIDITY": "a single alert may be in force for",
        "alert.ALERT_BYTES": "bytes of a draft on the command line",
        "feedback.MOST_MEASURES": "controls of one feedback",
        "feedback.MOST_SEIZED": "kinds of seized goods of one feedback",
        "feedback.MOST_USEFUL": "highest grade of usefulness, from 0",
        "life.FILE_BYTES": "bytes of a feedback or a correction on the command line",
    },
    "Mutual assistance": {
        "requests.DRAFT_BYTES": "bytes of a draft on the command line",
        "draft.LONGEST_ANSWER": "characters of an answer in words",
        "deadlines.BATCH": "clocks of the register that run out in one walk",
        "deadlines.MOST_LOOKED_AT": "clocks of the register that are looked at for them",
    },
    "Work and time": {
        "partner_mode.LEAST_WINDOW": "a message may be old at the least, unless a P-Mode says less",
        "taking.CLOCK_SKEW": "a message may be ahead of our clock, or old beyond all retries",
        "owing.POST_AGAIN": "until a reply to a pulled message that did not leave is posted again",
        "handing_out.BATCH": "messages of one partner that are given up or looked at in one walk",
        "walk.LEASE": "a channel may go without progress before another worker pulls from it",
        "walk.BATCH": "messages that are pulled from a channel before it waits its turn again",
        "walk.MOST_IDLE": "pulls in a row that bring nothing new, after which a channel waits",
        "receipts.LEASE": "one reply may take to be posted before another worker takes it up",
        "receipts.BATCH": "replies to pulled messages that are posted in one walk",
        "sending.LEASE": "a try may go without progress before another worker takes it up",
        "sending.BATCH": "messages to one partner that are tried in one walk",
        "filing.LEASE": "one message may take to be filed before another worker takes it up",
        "filing.BATCH": "messages that are claimed at once for filing",
        "filing.MOST_ATTEMPTS": "attempts to file a message before it is parked",
        "handing_over.LEASE": "one notice may take before another worker takes it up",
        "handing_over.TRY_AGAIN": "until a notice that could not be handed over is tried again",
        "handing_over.BATCH": "notices that are claimed at once",
        "delimited.MOST_BYTES": "bytes of a list of alerts",
        "lists.LIST_BYTES": "bytes of a list of alerts that the command reads",
        "delimited.MOST_LINES": "rows of a list of alerts, or alerts of one in JSON",
        "reading.MOST_CELL": "characters of one value in a list of alerts",
        "reading.LONGEST_REFERENCE": "characters of the number that a source gives an alert",
        "reading.MOST_DEEP": "lists and objects inside each other in a list of alerts in JSON",
        "exporting.MOST_ALERTS": "alerts of ours in one file, where none is named",
        "importing.LONGEST_SOURCE": "characters of the name of a source of lists",
        "notifying.LEASE": "one notice may take to a desk before another worker tells it",
        "notifying.BATCH": "notices that are told by one way of a desk in one walk",
        "answering.LEASE": "a desk's time to answer that ran out stays with who took it",
        "answering.TRY_AGAIN": "until a desk's time to answer is looked at again after a failure",
        "answering.BATCH": "desks' times to answer that run out in one walk",
        "desk_tables.MOST_DESKS": "desks in `desks.toml`",
        "desk_tables.MOST_READERS": "readers of one way by mail",
        "desk_tables.LEAST_SECRET_BYTES": "bytes, at the least, of a secret that signs posts",
        "webhook.MOST_ANSWER_BYTES": "bytes of the answer to what is posted that are read",
        "breach.MOST_STATEMENTS": "statements of a notice of misuse that the agreement asks for",
        "shelf.MOST_PAPERS": "papers of one matter of mutual assistance",
        "fulfilling.LEASE": "one order may take before another worker carries it out",
        "fulfilling.LOOK_AGAIN": "until an order that a legal hold delays is looked at again",
        "comparing.LEASE": "comparing one movement may take before another worker does it",
        "comparing.TRY_AGAIN": "until a comparison of exit and entry that failed is tried again",
        "minding.LEASE": "one errand of a movement may take before another worker does it",
        "minding.TRY_AGAIN": "until an errand of a movement that failed is tried again",
        "minding.LONGEST_PAUSE": "between two tries of an errand of a movement",
        "fulfilling.TRY_AGAIN": "until an order that could not be carried out is tried again",
        "fulfilling.BATCH": "orders that are claimed at once",
        "order.MOST_RECORDS": "records that one order, or one notice of misuse, names",
        "order.MOST_CORRECTIONS": "values that one order corrects",
        "ordering.LONGEST_REASON": "characters of the reason for an order",
        "telling_breach.LONGEST_WORDS": "characters of one statement of a notice of misuse",
        "disposing.BATCH": "records that are disposed of in one walk",
        "comparing.MOST_TRIES": "tries to compare exit and entry, then the desk is told",
        "timeline._MOST_CERTIFICATES": "certificates of disposal that an erased movement names",
        "comparing.BATCH": "movements whose exits and entries are compared in one walk",
        "dispatch._MOST_TRIES": "times a manifest is weighed anew while others are handed in",
        "minding.MOST_TRIES": "tries of an errand of a movement, then the desk is told",
        "unplaced.LOOK_AGAIN": "between two looks whether a post handed over what is known by now",
        "placing.MOST_SHOWN": "records of posts without a movement that are shown at a time",
        "placing.LONGEST_WHY": "characters of why such a record was corrected or dropped",
        "minding.BATCH": "errands of movements (questions, answers, enquiries) in one walk",
        "requested.MOST_LINES": "lines of a movement that are read for requests of its manifest",
        "loss.MOST_TOLD": "findings that a business answer tells of; the others are counted",
        "answer_codec._LONGEST_QUOTED": "characters of a value that a business answer quotes",
        "answer_codec._LONGEST_SENTENCE": "characters of a sentence of a business answer",
        "keyed.MOST": "values that one statement looks for at once",
        "requests.MOST_ASKED": "times one partner is given the manifest of one movement",
        "waking.BATCH": "messages about movements that leave the park in one walk",
        "keeping.LONGEST_REASON": "characters of the reason for a legal hold",
        "views.MOST_PATHS": "paths of hidden fields that a view names",
        "views.LONGEST_PATH": "characters of such a path",
        "asking.LONGEST_TEXT": "characters of the reason or the conditions of a further use",
        "scanning.MOST_VERSIONS": "documents on one movement that a paper is held against",
        "api.LEAST_PACKED_BYTES": "bytes of an answer, at the least, that is compressed",
        "overruling.MOST_WORDS": "characters that an officer writes to an override",
        "overruling.ASK_PATIENCE": "that the first of two persons' act waits for the second",
        "rules.MOST_CHANNELS": "channels of a rule set",
        "rules.MOST_MEASURES": "measures of one channel, or of the random share",
        "draws.KEY_BYTES": "bytes of the key that draws on one day",
        "draws.NUMBER_BYTES": "bytes of its HMAC that are the number of a movement",
        "gate.MOST_WEIGHED": "records that one question for a list weighs before it is answered",
        "reporting.PAGE": "rows of the register of assistance that a report reads at once",
        "access_log.MOST_TOGETHER": "looks that are written down in one transaction",
        "access_log.LONGEST_FACT": "characters of what somebody looked for, in the access log",
        "words.BATCH": "orders, and notices of misuse, whose words are given an end at once",
        "disposing.CAREFUL_SECONDS": "seconds between two batches of disposal while the clock is"
        " believed with care",
        "clock.MOST_PLAIN": "what the clock may be away from another witness of the time and is"
        " simply believed",
        "clock.MOST_LEAP": "what it may be away from every other witness before nothing is"
        " disposed of",
        "watching.DAY_SECONDS": "seconds until the count beside the clock begins anew",
        "disposing.MOST_HELD": "records under a legal hold that are looked at in one walk",
        "states.HOLD_FOR": "until a held message is looked at again",
        "wire.CAPTURE_BYTES": "bytes of an exported capture on the command line",
        "probing.MOST_PINGS": "test messages that one command sends",
        "probing.CLOCKS_APART_SECONDS": "seconds that two clocks differ before a ping warns of it",
        "messages.MOST_SHOWN": "lines of the audit that are shown of one message",
        "quality.MOST_OFFICES": "offices that quality counts apart, of a day, a direction and a"
        " partner; those beyond are one",
        "audit.PAGE": "lines of the audit that are verified at a time",
        "worker.GRACE_SECONDS": "seconds that exchanges with partners have when the node stops",
        "strangers.MOST_A_MINUTE": "refusals of unknown callers that are recorded in a minute; the"
        " rest are counted",
        "server.GRACE_SECONDS": "seconds that requests in flight have when the node stops",
        "content.SMALL_BYTES": "bytes of a message or a part that lie in memory, not in a file",
        "account.PATIENCE": "after midnight (UTC) until the accounts of a day are given",
        "account.MOST_NAMED": "messages that one account names; of a busier day there are several",
        "accounting.BATCH": "accounts that are given in one walk",
        "outage.LONGEST": "of one outage that a node announces",
        "outage.LONGEST_QUEUED": "of one during which messages are to wait",
        "outage.MOST_AHEAD": "outages of one node that have not ended",
        "outage.SKEW": "before it begins an outage counts",
        "taking.MOST_KEPT": "outages that are kept of one partner",
        "walk.LONGEST_REASON": "characters of the reason of an outage",
        "pulses.MOST_NAMED": "agreements that a ping names",
        "transactions.WAIT_SECONDS": "seconds that a statement waits for another writer, and a"
        " writer for its turn",
        "content.CHUNK_BYTES": "bytes of one piece of a payload, in memory and in the database",
        "pair.START_SECONDS": "seconds that a node of the demo has to start",
        "asking.PATIENCE_SECONDS": "seconds that a step of the demo waits for the other node",
        "simulate.MOST_MOVEMENTS": "made-up movements of one command",
        "simulate.LIST_BYTES": "bytes of a list of offices that they choose from",
        "action.MOST_SECONDS": "seconds that the script of a partner waits for one thing",
        "reading.MOST_BYTES": "bytes of the script of a partner",
        "reading.MOST_LINE": "characters of a line of it",
        "player.AGAIN": "until what a partner's line did not take is doubled once more",
        "player.MOST_TRIES": "tries of it",
        "player.DECLARATION_BYTES": "bytes of a file that a script names",
        "alerting.DRAFT_BYTES": "bytes of a draft of an alert that a script names",
        "crowd.MOST_GOODS": "lines of goods of a made-up movement",
    },
}
"""What each constant bounds, by the last part of its module and its name."""

NOT_A_BOUND = re.compile(
    r"(asking|content|vault|pack|writing|tokens|keys)\._?(IV|TAG|TOKEN|KEY|ID|NONCE|SALT|HEADER)_BYTES"
    r"|elliptic\._(SALT|WRAPPING)_BYTES|agreement\._X25519_BYTES|paths\._MOST_LENGTH_BYTES"
    r"|compression\._GZIP_WINDOW|streams\._PIECE_BYTES|journey\._LIMIT|intergov\.(_MOST|_LONGEST_REFERENCE)"
    r"|answer_codec\._LONGEST_DESCRIPTION"
    r"|agreement_codec\._LONGEST_REFERENCE|naming\._LONGEST_REFERENCE"
    r"|notice\._LONGEST_REFERENCE"
    r"|countersigning\.TEXT_BYTES"
)
"""Sizes of a format or of what is shown, not of what is let in."""

_SOUNDS_LIKE_ONE = re.compile(
    r"(^|_)(MAX|MOST|LEAST|LONGEST|LIMIT|BYTES|SECONDS|LEASE|BATCH|SKEW|LIFETIME|HOLD|PAGE|AGAIN"
    r"|SOON|WINDOW|GRACE|PATIENCE|OVERLAP)(_|$)"
)


def page() -> str:
    """Return docs/limits.md."""
    parts = [
        "# Limits\n",
        GENERATED,
        paragraph(
            """What is beyond a bound is refused with an error of its own and costs no more than it
            took to see that. Where no setting is named, the bound is the program's choice."""
        ),
        "## XML\n",
        table(
            ("at most", "a document", "an AS4 envelope"),
            (
                (meaning, str(getattr(DOCUMENT, name)), str(getattr(ENVELOPE, name)))
                for name, meaning in _described(DOCUMENT, XML)
            ),
        ),
    ]
    limits = Limits()
    retry = Retry()
    found = {
        "AS4": [
            *_rows(limits.mime, MIME),
            *_rows(limits, AS4, but=("mime",)),
        ],
        "Work and time": [
            *_rows(retry, RETRY),
            (
                _shown(retry.window),
                "from the first try to giving up, with the waits above",
            ),
        ],
    }
    constants = dict(_constants())
    for title, described in CONSTANTS.items():
        rows = found.get(title, [])
        rows += [(_shown(constants.pop(name)), meaning) for name, meaning in described.items()]
        parts += [f"## {title}\n", table(("bound", "of what"), rows)]
    if constants:
        raise ValueError(f"say in tools/doc_limits.py what these bound: {sorted(constants)}")
    parts += [
        "## The API\n",
        "A request has at most three times `limits.document_bytes` and declares its length.\n",
        table(("part of a request", "may be"), _asked()),
        "### Bodies\n",
        table(("field", "may be"), _bodies()),
        "## A partner's card\n",
        table(("field", "may be"), _fields(partners._Card)),  # noqa: SLF001 - the card's own shape
        "## A draft of an alert\n",
        "[alerts.md](alerts.md) lists its keys with their bounds.\n",
    ]
    return "\n".join(parts)


def keys(model: type[BaseModel]) -> str:
    """Return the table of a model's keys, those of its parts included; a star marks obligatory."""
    return table(("key", "may be"), _keys(model.model_json_schema(), {}, ""))


def described_keys(model: type[BaseModel], *, but: tuple[str, ...] = ()) -> str:
    """Return the table of a model's keys and what each is for; `but`: without what is in these."""
    rows = _keys(model.model_json_schema(), {}, "")
    shown = [(key, said) for key, said in rows if not key.strip("` *").startswith(but or ("[",))]
    return table(("key", "may be"), shown)


def _keys(schema: dict[str, Any], parts: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    parts = schema.get("$defs", parts)
    needed = schema.get("required", ())
    for name, given in schema.get("properties", {}).items():
        one = _resolved(given, parts)
        star = " *" if name in needed else ""
        within = _resolved(one["items"], parts) if "items" in one else one
        said = [_kind(one, within), bounds(one)]
        said += [f"each {bounds(within)}"] if within is not one and bounds(within) else []
        said += [given["description"].rstrip(".")] if "description" in given else []
        yield f"`{prefix}{name}`{star}", ", ".join(part for part in said if part)
        yield from _keys(within, parts, f"{prefix}{name}[]." if within is not one else f"{name}.")


def _resolved(schema: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without indirection; of `something or null` the something."""
    for option in schema.get("anyOf", ()):
        if option.get("type") != "null":
            return _resolved(option, parts)
    if "$ref" in schema:
        found: dict[str, Any] = parts[schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _kind(one: dict[str, Any], within: dict[str, Any]) -> str:
    words = {"string": "text", "integer": "whole number", "object": "object", "array": "list"}
    if one.get("format") == "date-time":
        return "moment with offset"
    if one.get("format") == "date":
        return "day"
    if within is not one:
        return f"list of {words.get(within.get('type', ''), 'values')}s"
    return "" if "enum" in one else words.get(one.get("type", ""), str(one.get("type", "")))


def _described(bound: Any, meanings: dict[str, str], but: Iterable[str] = ()) -> Iterator[Any]:  # noqa: ANN401 - any dataclass
    """Yield name and meaning of each field; every field has to have one."""
    names = [one.name for one in fields(bound) if one.name not in but]
    if set(names) != set(meanings):
        raise ValueError(f"say in tools/doc_limits.py what these bound: {names}")
    return ((name, meanings[name]) for name in names)


def _rows(bound: Any, meanings: dict[str, str], but: Iterable[str] = ()) -> list[tuple[str, str]]:  # noqa: ANN401 - any dataclass
    return [
        (_shown(getattr(bound, name)), meaning)
        for name, meaning in _described(bound, meanings, but)
    ]


def _constants() -> Iterator[tuple[str, object]]:
    for module in catalogue.modules():
        last = module.__name__.rpartition(".")[2]
        for name in sorted(catalogue.assigned(module)):
            value = vars(module).get(name)
            is_bound = isinstance(value, (int, float, timedelta)) and _SOUNDS_LIKE_ONE.search(name)
            if is_bound and not NOT_A_BOUND.fullmatch(f"{last}.{name}"):
                yield f"{last}.{name}", value


def _shown(value: object) -> str:
    if not isinstance(value, timedelta):
        return str(value)
    seconds = int(value.total_seconds())
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    named = ((days, "d"), (hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join(f"{count} {unit}" for count, unit in named if count)


def _asked() -> Iterator[tuple[str, str]]:
    for path, methods in description()["paths"].items():
        for method, one in methods.items():
            for part in one.get("parameters", ()):
                said = bounds(part["schema"])
                if said:
                    yield f"`{part['name']}` of `{method.upper()} {path}`", said


def _bodies() -> Iterator[tuple[str, str]]:
    for name in sorted(catalogue.assigned(api, classes=True)):
        model = getattr(api, name)
        if isinstance(model, type) and issubclass(model, BaseModel) and not name.startswith("_"):
            yield from ((f"{name} {field}", said) for field, said in _fields(model))


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield each bounded field of a model, those of its parts included, with its bounds."""
    schema = model.model_json_schema()
    yield from _bounded(schema, schema.get("$defs", {}), "")


def _bounded(
    schema: dict[str, Any], parts: dict[str, Any], prefix: str
) -> Iterator[tuple[str, str]]:
    for name, one in schema.get("properties", {}).items():
        yield from _of(one, parts, f"{prefix}{name}")


def _of(schema: dict[str, Any], parts: dict[str, Any], name: str) -> Iterator[tuple[str, str]]:
    if "$ref" in schema:
        yield from _of(parts[schema["$ref"].rpartition("/")[2]], parts, name)
        return
    for option in schema.get("anyOf", ()):
        yield from _of(option, parts, name)
    if said := bounds(schema):
        yield f"`{name}`", said
    if "items" in schema:
        yield from _of(schema["items"], parts, f"{name}[]")
    yield from _bounded(schema, parts, f"{name}.")
