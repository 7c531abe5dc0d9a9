"""Commands that look at documents, formats and code lists; none of them sends anything."""

DOCUMENT_BYTES = 20_000_000
"""Of a declaration or a document that is looked at, as `limits.document_bytes` has it."""
