"""Times what SciPy has for correlating an image with a kernel: requests and answers as in timed.py.

    {"function": "correlate2d", "side": 512, "size": 3, "data": "/tmp/…/3.f32", "milliseconds": 50, "result": null}
    {"median": 9.87, "calls": 6}

`data` is a file of float32: the image, side × side, then the kernel, size × size. If `result` is a path, the output is written there
as float32.
"""

import numpy
from scipy import ndimage, signal
from timed import serve, timed

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
    result, times = timed(lambda: function(image, kernel, output), request["milliseconds"])
    if request["result"] is not None:
        result.astype(numpy.float32).tofile(request["result"])
    return times


serve(answer)
