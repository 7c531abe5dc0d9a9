"""`python -m benchmarks.as4.nodes.profiled OUT MODULE …`: run a module, profile its threads.

What is counted is the time that a thread had the processor, not what it waited. `python -m pstats
OUT` reads the result.
"""

from __future__ import annotations

import cProfile
import pstats
import runpy
import sys
import threading
import time


def main() -> None:
    """Run the module named and write what its threads did."""
    out, module = sys.argv[1:3]
    profiles: list[cProfile.Profile] = []

    def begin(*_: object) -> None:
        profiles.append(cProfile.Profile(time.thread_time))
        profiles[-1].enable()  # in the place of this function, and for this thread alone

    threading.setprofile(begin)
    sys.argv[:] = [module, *sys.argv[3:]]
    begin()
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        threading.setprofile(None)
        for one in profiles:
            one.create_stats()
        first, *others = (pstats.Stats(one) for one in profiles if one.getstats())
        for another in others:
            first.add(another)
        first.dump_stats(out)


if __name__ == "__main__":
    main()
