"""
Writes cases.ts: what NumPy and SciPy give for correlations and convolutions along one axis, in every mode, with every boundary, their lags,
and filters fed block by block. Whole numbers, so that results are equal or wrong.

    pip install scipy
    python3 packages/core/test/signals/make-cases.py
"""

import json
import pathlib

import numpy
import scipy
from scipy import ndimage, signal

random = numpy.random.default_rng(1)
SIZES = [(1, 1), (8, 1), (8, 2), (9, 4), (9, 5), (8, 5), (40, 13), (5, 8), (4, 9), (3, 3)]
BOUNDARIES = {"constant": "constant", "edge": "nearest", "reflect": "mirror", "symmetric": "reflect", "wrap": "grid-wrap"}


def whole(values):
    return numpy.rint(values).astype(int).ravel().tolist()


def cases():
    for n, m in SIZES:
        x = random.integers(-9, 10, n)
        k = random.integers(-9, 10, m)
        given = {"x": x.tolist(), "kernel": k.tolist()}
        for mode in ["valid", "same", "full"]:
            if mode == "valid" and m > n:
                continue
            for name, numpy_of, scipy_of in [
                ("correlate1d", numpy.correlate, signal.correlate),
                ("convolve1d", numpy.convolve, signal.convolve),
            ]:
                yield {**given, "operation": name, "options": {"mode": mode, **({"centre": "numpy"} if mode == "same" else {})}, "result": whole(numpy_of(x, k, mode))}
                yield {**given, "operation": name, "options": {"mode": mode}, "result": whole(scipy_of(x.astype(float), k.astype(float), mode, "direct"))}
                two = signal.correlate2d if name == "correlate1d" else signal.convolve2d
                centre = {"centre": "correlate2d"} if mode == "same" else {}
                if m <= n:
                    yield {**given, "operation": name, "options": {"mode": mode, **centre}, "result": whole(two(x[None], k[None], mode))}
        for boundary, word in BOUNDARIES.items():
            # ndimage centres a kernel with an even number of taps as scipy.signal does, and for convolutions one to the left.
            if boundary == "reflect" and n == 1:
                continue
            yield {**given, "operation": "correlate1d", "options": {"mode": "same", "boundary": boundary}, "result": whole(ndimage.correlate1d(x.astype(float), k.astype(float), mode=word, cval=0))}
        yield {**given, "operation": "correlate1d", "options": {"mode": "same", "fillValue": 3}, "result": whole(ndimage.correlate1d(x.astype(float), k.astype(float), mode="constant", cval=3))}
        yield {**given, "operation": "convolve1d", "options": {"mode": "same", "boundary": "wrap", "centre": "scipy"}, "result": whole(numpy.real(signal.convolve2d(x[None], k[None], "same", "wrap")))} if m <= n else {**given, "operation": "convolve1d", "options": {"mode": "full"}, "result": whole(numpy.convolve(x, k))}


def lags():
    for n, m in SIZES:
        for mode in ["valid", "same", "full"]:
            # SciPy's are one too high for odd n and even m in mode "same", and those of a longer kernel belong to exchanged signals.
            if (mode == "same" and n % 2 == 1 and m % 2 == 0) or (mode == "valid" and m > n):
                continue
            yield {"n": n, "m": m, "mode": mode, "lags": signal.correlation_lags(n, m, mode).tolist()}


def streams():
    for n, m in [(20, 1), (20, 4), (9, 12)]:
        x = random.integers(-9, 10, n)
        k = random.integers(-9, 10, m)
        yield {"x": x.tolist(), "kernel": k.tolist(), "result": whole(signal.lfilter(k.astype(float), [1], x.astype(float)))}


def table(rows):
    return "[\n" + "".join(f"  {json.dumps(row)},\n" for row in rows) + "]"


text = f"""/**
 * Written by make-cases.py: what NumPy {numpy.__version__} and SciPy {scipy.__version__} give.
 *
 * @module
 */

// biome-ignore format: one case a line
export const CASES = {table(cases())} as const;

// biome-ignore format: one case a line
export const LAGS = {table(lags())} as const;

// biome-ignore format: one case a line
export const STREAMS = {table(streams())} as const;
"""
pathlib.Path(__file__).with_name("cases.ts").write_text(text)
