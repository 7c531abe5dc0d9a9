"""Messages from one node to another over real connections, beside their floor and a real peer.

`python -m benchmarks.as4` measures, prints tables and writes results/as4.json; docs/performance.md
holds the figures we stand by. `nodes` has the two administrations and what runs in their processes,
`loop` keeps so many messages under way, `processes` watches what that takes of the machine, `floor`
is the bare cost of what a message contains, `phase4` a real peer, `measuring` brings them together
round by round, and `report` shows the rows.
"""
