"""Times what SciPy has for correlating an image with a kernel, one request after the other.

Each line of the standard input is a request, each line of the standard output its answer, both JSON:

    {"function": "correlate2d", "side": 512, "size": 3, "data": "/tmp/…/3.f32", "milliseconds": 50, "result": null}
    {"median": 9.87, "calls": 6}

`data` is a file of float32: the image, side × side, then the kernel, size × size. The function is called for so many
milliseconds, at least once; the median is in milliseconds. If `result` is a path, its output is written there as
float32. The first line of output, unasked, says which versions these are. One thread: it is started with
OMP_NUM_THREADS=1 and the like.
"""

import json
import statistics
import sys
import time

import numpy
import scipy
from scipy import ndimage, signal

# Each returns its output; only ndimage can write it into an array that is there.
FUNCTIONS = {
    "correlate2d": lambda x, k, _: signal.correlate2d(x, k, mode="same"),
    "ndimage": lambda x, k, output: ndimage.correlate(x, k, output=output, mode="constant"),
    # A convolution; turning the kernel around makes no copy.
    "fftconvolve": lambda x, k, _: signal.fftconvolve(x, k[::-1, ::-1], mode="same"),
}


def answer(request):
    side, size = request["side"], request["size"]
    data = numpy.fromfile(request["data"], dtype=numpy.float32)
    image = data[: side * side].reshape(side, side)
    kernel = data[side * side :].reshape(size, size)
    output = numpy.empty_like(image)
    function = FUNCTIONS[request["function"]]
    times = []
    begin = time.perf_counter()
    while not times or time.perf_counter() - begin < request["milliseconds"] / 1000:
        start = time.perf_counter()
        result = function(image, kernel, output)
        times.append(1000 * (time.perf_counter() - start))
    if request["result"] is not None:
        result.astype(numpy.float32).tofile(request["result"])
    return {"median": statistics.median(times), "calls": len(times)}


print(json.dumps({"scipy": scipy.__version__, "numpy": numpy.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
