"""What others vouch for: revocation asked over HTTP or read from files, and keys kept in a module.

Whatever an authority answers is signed, so it may come over plain HTTP; nothing here is believed
before `security.trusting` has verified it.
"""
