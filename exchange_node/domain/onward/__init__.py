"""Further use of what a partner sent: asked → granted, refused, silent, withdrawn or over.

`wanted` has what somebody wants to do with a record, `asking` what travels of it, `course` how a
request stands at a moment and which consent follows from it. Silence is no.
"""
