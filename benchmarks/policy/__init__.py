"""What a gate and minimising cost beside copying the same document with lxml.

`python -m benchmarks.policy` measures, prints a table and writes results/policy.json.
"""
