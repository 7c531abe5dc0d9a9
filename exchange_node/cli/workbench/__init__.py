"""Commands that look at documents, formats and code lists; none of them sends anything."""
