"""Domain values → rows → domain values: everything the node remembers.

Functions over a SQLAlchemy `Connection`, one file per subject; the caller opens the transaction
(`database.transaction`, `database.reading`) and owns it. SQLite by default, PostgreSQL to scale:
the same statements, the same tests. Rows are made unique by natural keys, so that every walk may
be cut off at any point and run again. Two sub-rooms hold what officers work with (`records`) and
who and what is let in (`admission`); `tables` says how it all lies in the database.
"""
