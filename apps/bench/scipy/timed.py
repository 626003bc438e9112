"""Answers requests one after the other: each line of the standard input is one, each line of the standard output its answer, both
JSON. The first line of output, unasked, says which versions these are. One thread: it is started with OMP_NUM_THREADS=1 and the like.
"""

import json
import statistics
import sys
import time

import numpy
import scipy


def timed(function, milliseconds):
    """Calls a function for so many milliseconds, at least once: its last output, and what calls took, the median in milliseconds."""
    times = []
    begin = time.perf_counter()
    while not times or time.perf_counter() - begin < milliseconds / 1000:
        start = time.perf_counter()
        result = function()
        times.append(1000 * (time.perf_counter() - start))
    return result, {"median": statistics.median(times), "calls": len(times)}


def serve(answer):
    """Answers until there is nothing more to read."""
    print(json.dumps({"scipy": scipy.__version__, "numpy": numpy.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
