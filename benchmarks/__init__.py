"""How much each step costs, as a multiple of parsing and writing the same document with lxml.

`python -m benchmarks` measures, prints a table and writes results/<name>.json; docs/performance.md
holds the figures we stand by.
"""
