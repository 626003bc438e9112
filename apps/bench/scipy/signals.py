"""Times what SciPy has for correlating two signals, mode full: requests and answers as in timed.py.

    {"function": "fftconvolve", "dtype": "float32", "length": 10000, "data": "/tmp/…", "milliseconds": 50, "result": null}
    {"median": 0.41, "calls": 120}

`data` is a file of numbers of that type: the signal, so long, then the one that it is correlated with. If `result` is a path, the output
is written there as float64.
"""

import numpy
from scipy import signal
from timed import serve, timed

# Convolutions; turning a signal around makes no copy.
FUNCTIONS = {
    "fftconvolve": lambda x, k: signal.fftconvolve(x, k[::-1]),
    "oaconvolve": lambda x, k: signal.oaconvolve(x, k[::-1]),
}


def answer(request):
    data = numpy.fromfile(request["data"], dtype=request["dtype"])
    x, k = data[: request["length"]], data[request["length"] :]
    function = FUNCTIONS[request["function"]]
    result, times = timed(lambda: function(x, k), request["milliseconds"])
    if request["result"] is not None:
        result.astype(numpy.float64).tofile(request["result"])
    return times


serve(answer)
