"""The rehearsal: two administrations on one machine, each a process with its keys and database.

`pair` makes the two nodes and starts them, `client` speaks to their APIs as a national system, a
border post and a liaison officer would, `story` walks the first crossing and tells it step by step.
"""
