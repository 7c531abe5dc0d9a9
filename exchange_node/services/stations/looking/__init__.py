"""Record → what somebody is shown, and the line in the access log that says so."""
