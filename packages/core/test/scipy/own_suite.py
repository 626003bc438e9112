"""Runs SciPy's own tests of correlation against this package; a plugin for pytest.

    pip install scipy pytest hypothesis
    cd packages/core/test/scipy
    python -m pytest -p own_suite --pyargs scipy.ndimage.tests.test_filters
    python -m pytest -p own_suite --pyargs scipy.signal.tests.test_signaltools \\
        -k "(Convolve2d or Correlate2d) and not large_array"

What computes scipy.signal.convolve2d and correlate2d, and every linear filter of scipy.ndimage on one and two axes, is
corr2d in a process of Node (serve.ts). SciPy keeps what surrounds it: types of elements, axes, and filters of three axes.
Integers and complex numbers are brought to real ones here.

Of SciPy 1.17.1 all pass but test_gaussian_filter_float16, which asks that a type be refused that never comes here.
test_large_array would send 2 GB through a pipe.
"""

import base64
import json
import pathlib
import subprocess
import threading

import numpy
import scipy.ndimage._filters as filters
import scipy.signal._signaltools as signaltools

SERVE = str(pathlib.Path(__file__).with_name("serve.ts"))
server = subprocess.Popen(
    ["node", "--conditions=@corr2d/source", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
)
lock = threading.Lock()
calls = 0


def encoded(matrix):
    matrix = numpy.ascontiguousarray(matrix, dtype="<f8")
    return {"shape": matrix.shape, "data": base64.b64encode(matrix.tobytes()).decode()}


def compute(operation, x, kernel, **options):
    """corr2d or convolve2d of real matrices; ValueError where they refuse."""
    global calls
    request = {"operation": operation, "x": encoded(x), "kernel": encoded(kernel), "options": options}
    with lock:
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        calls += 1
    if "error" in answer:
        raise ValueError(answer["error"])
    return numpy.frombuffer(base64.b64decode(answer["data"]), dtype="<f8").reshape(answer["shape"]).copy()


# scipy.signal

BOUNDARIES = {"fill": "constant", "wrap": "wrap", "symm": "symmetric"}


def signal_function(operation, conjugates):
    """convolve2d or correlate2d of SciPy, for operands of any type."""

    def replacement(in1, in2, mode, boundary, fillvalue):
        x, kernel = numpy.asarray(in1), numpy.asarray(in2)
        dtype, fill = numpy.result_type(x, kernel), numpy.asarray(fillvalue)
        if fill.size != 1:
            raise ValueError("`fillvalue` must be scalar or an array with one element.")
        if numpy.iscomplexobj(fill) and not numpy.issubdtype(dtype, numpy.complexfloating):
            raise ValueError("could not cast `fillvalue` directly to the output type")
        # Documented: where no cell fits the kernel, SciPy lets image and kernel change places; here that is refused.
        swapped = mode == "valid" and x.ndim == kernel.ndim and x.shape != kernel.shape
        swapped = swapped and all(size <= other for size, other in zip(x.shape, kernel.shape))
        if swapped:
            x, kernel = kernel, x
        if conjugates:
            kernel = kernel.conj()
        result = bilinear(operation, x, kernel, fill.reshape(()).item(), mode, BOUNDARIES[boundary])
        if swapped and conjugates:
            result = result[::-1, ::-1].conj()
        if not numpy.issubdtype(dtype, numpy.complexfloating):
            result = result.real
        return (numpy.rint(result) if numpy.issubdtype(dtype, numpy.integer) else result).astype(dtype)

    return replacement


def bilinear(operation, x, kernel, fill, mode, boundary):
    """Of real matrices one product, of complex ones the four of their parts."""

    def product(a, b, outside):
        options = {"fillValue": outside} if outside else {}
        return compute(operation, a, b, mode=mode, boundary=boundary, **options)

    real, imaginary = complex(fill).real, complex(fill).imag
    result = product(x.real, kernel.real, real)
    if not numpy.iscomplexobj(x) and not numpy.iscomplexobj(kernel):
        return result
    crossed = product(x.real, kernel.imag, real) + product(x.imag, kernel.real, imaginary)
    return result - product(x.imag, kernel.imag, imaginary) + 1j * crossed


# The functions stay the objects that SciPy's tests know; only their code is another.
signaltools._convolve2d_by_corr2d = signal_function("convolve2d", conjugates=False)
signaltools._correlate2d_by_corr2d = signal_function("corr2d", conjugates=True)
signaltools.convolve2d.__code__ = (
    lambda in1, in2, mode="full", boundary="fill", fillvalue=0: _convolve2d_by_corr2d(in1, in2, mode, boundary, fillvalue)
).__code__
signaltools.correlate2d.__code__ = (
    lambda in1, in2, mode="full", boundary="fill", fillvalue=0: _correlate2d_by_corr2d(in1, in2, mode, boundary, fillvalue)
).__code__


# scipy.ndimage

MODES = ["edge", "wrap", "symmetric", "reflect", "constant", "wrap", "constant"]
compiled = filters._nd_image


class Replacement:
    """The compiled part of scipy.ndimage, whose correlations of one and two axes are corr2d's."""

    def __getattr__(self, name):
        return getattr(compiled, name)

    def correlate1d(self, input, weights, axis, output, mode, cval, origin):
        if input.size == 0:
            return compiled.correlate1d(input, weights, axis, output, mode, cval, origin)
        rows = numpy.moveaxis(input, axis, -1)
        result = centred(rows.reshape(-1, rows.shape[-1]), weights[numpy.newaxis], mode, cval, [0, origin])
        store(output, numpy.moveaxis(result.reshape(rows.shape), -1, axis))

    def correlate(self, input, weights, output, mode, cval, origins):
        if input.size == 0 or input.ndim not in (1, 2):
            return compiled.correlate(input, weights, output, mode, cval, origins)
        origins = [0, 0, *numpy.atleast_1d(origins)][-2:]
        result = centred(numpy.atleast_2d(input), numpy.atleast_2d(weights), mode, cval, origins)
        store(output, result.reshape(input.shape))


def centred(x, weights, mode, cval, origins):
    """ndimage's centre of n weights is number n // 2 + origin: zeros around them make it the one in the middle."""
    padding = []
    for size, origin in zip(weights.shape, origins):
        centre = size // 2 + origin
        padding.append((max(0, size - 1 - 2 * centre), max(0, 2 * centre - size + 1)))
    options = {"fillValue": float(cval)} if MODES[mode] == "constant" and cval else {}
    return compute("corr2d", x, numpy.pad(weights, padding), mode="same", boundary=MODES[mode], **options)


def store(output, result):
    is_integer = output.dtype == bool or numpy.issubdtype(output.dtype, numpy.integer)
    output[...] = result.astype(numpy.int64).astype(output.dtype) if is_integer else result


filters._nd_image = Replacement()


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"computed by corr2d: {calls} calls")
