"""How much mapping and checking cost by format and size, beside lxml alone and beside libxslt.

`python -m benchmarks.mapping` measures, prints a table and writes results/map.json.
"""
