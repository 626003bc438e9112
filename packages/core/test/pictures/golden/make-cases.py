"""
Writes cases.ts: what OpenCV, scipy.ndimage and scikit-image give for small pictures.

    pip install opencv-python-headless scipy scikit-image
    python3 packages/core/test/pictures/golden/make-cases.py
"""

import json
import pathlib

import cv2
import numpy
import scipy
import skimage
from scipy import ndimage
from skimage import filters

random = numpy.random.default_rng(19)
OPENCV_BORDERS = {
    "constant": cv2.BORDER_CONSTANT,
    "edge": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "symmetric": cv2.BORDER_REFLECT,
}
SCIPY_MODES = {
    "constant": "constant",
    "edge": "nearest",
    "reflect": "mirror",
    "symmetric": "reflect",
    "wrap": "grid-wrap",
}


def picture(height, width, channels):
    shape = (height, width) if channels == 1 else (height, width, channels)
    return random.integers(0, 256, shape).astype(numpy.uint8)


def kernel(height, width):
    return (random.integers(-16, 24, (height, width)) / 32).astype(numpy.float32)


def case(source, call, image, result, options, of=None):
    height, width = image.shape[:2]
    channels = 1 if image.ndim == 2 else image.shape[2]
    bytes_out = result.dtype == numpy.uint8
    values = result.ravel().astype(int) if bytes_out else result.ravel().astype(float).round(4)
    entry = {
        "source": source,
        "call": call,
        "picture": [width, height, channels, *image.ravel().astype(int).tolist()],
        "options": {**options, "dtype": "uint8" if bytes_out else "float32"},
        "result": values.tolist(),
    }
    if of is not None:
        entry["kernel"] = [*of.shape, *of.ravel().astype(float).tolist()]
    return entry


def filtered():
    """Given kernels, with every border, anchor, shift and depth."""
    for (height, width), (h, w), channels in [
        ((6, 7), (3, 3), 1),
        ((5, 9), (2, 4), 3),
        ((9, 8), (5, 5), 4),
        ((8, 5), (4, 1), 2),
    ]:
        image, weights = picture(height, width, channels), kernel(h, w)
        for boundary, border in OPENCV_BORDERS.items():
            result = cv2.filter2D(image, -1, weights, borderType=border)
            yield case("opencv", "filter2D", image, result, {"boundary": boundary}, weights)
        result = cv2.filter2D(image, cv2.CV_32F, weights, anchor=(0, h - 1), delta=3.5)
        yield case("opencv", "filter2D", image, result, {"anchor": {"x": 0, "y": h - 1}, "offset": 3.5}, weights)
        result = cv2.convertScaleAbs(cv2.filter2D(image, cv2.CV_32F, weights), alpha=0.5, beta=-20)
        yield case("opencv", "filter2D", image, result, {"scale": 0.5, "offset": -20, "absolute": True}, weights)
        for boundary, mode in SCIPY_MODES.items():
            for name in ["correlate", "convolve"] if boundary in ("constant", "wrap") else ["correlate"]:
                wide = weights if channels == 1 else weights[..., None]
                filter_by = getattr(ndimage, name)
                fill = {"fillValue": 7} if boundary == "constant" else {}
                result = filter_by(image.astype(numpy.float64), wide, mode=mode, cval=7)
                yield case("scipy", name, image, result, {"boundary": boundary, "flip": name == "convolve", **fill}, weights)


def named():
    """Kernels by name."""
    image = picture(11, 13, 1)
    floats = image.astype(numpy.float64)
    colour = picture(9, 10, 3)
    for sigma, truncate in [(0.5, 4), (1.3, 4), (2, 2.5)]:
        result = ndimage.gaussian_filter(floats, sigma, truncate=truncate)
        call = ["gaussian", sigma, {"truncate": truncate}]
        yield case("scipy", call, image, result, {"boundary": "symmetric"})
        result = ndimage.gaussian_laplace(floats, sigma, truncate=truncate)
        yield case("scipy", ["laplacianOfGaussian", *call[1:]], image, result, {"boundary": "symmetric"})
    for sigma, size in [(0.8, 3), (1.5, 7)]:
        call = ["gaussian", sigma, {"size": size}]
        result = cv2.GaussianBlur(colour.astype(numpy.float32), (size, size), sigma)
        yield case("opencv", call, colour, result, {})
        yield case("opencv, fixed point", call, colour, cv2.GaussianBlur(colour, (size, size), sigma), {})
    for size in [3, 4]:
        yield case("scipy", ["box", size], image, ndimage.uniform_filter(floats, size), {"boundary": "symmetric"})
    yield case("opencv", ["box", 5], colour, cv2.blur(colour.astype(numpy.float32), (5, 5)), {})
    for axis, dx, dy in [("x", 1, 0), ("y", 0, 1)]:
        for size in [3, 5, 7]:
            result = cv2.Sobel(image, cv2.CV_32F, dx, dy, ksize=size)
            yield case("opencv", ["sobel", axis, size], image, result, {})
        result = cv2.convertScaleAbs(cv2.Sobel(image, cv2.CV_16S, dx, dy))
        yield case("opencv", ["sobel", axis], image, result, {"absolute": True})
        yield case("opencv", ["scharr", axis], image, cv2.Scharr(image, cv2.CV_32F, dx, dy), {})
        yield case("scipy", ["prewitt", axis], image, ndimage.prewitt(floats, axis=dx), {"boundary": "symmetric"})
        across = {"x": "v", "y": "h"}[axis]
        for name, scale in [("sobel", 1 / 4), ("scharr", 1 / 16), ("prewitt", 1 / 3)]:
            result = getattr(filters, f"{name}_{across}")(floats)
            yield case("skimage", [name, axis], image, result, {"boundary": "symmetric", "scale": scale})
    yield case("opencv", ["laplacian"], image, cv2.Laplacian(image, cv2.CV_32F), {})
    yield case("scipy", ["laplacian"], image, ndimage.laplace(floats), {"boundary": "symmetric"})
    result = filters.unsharp_mask(floats, radius=1.2, amount=0.7, preserve_range=True)
    yield case("skimage", ["unsharp", 1.2, 0.7], image, result, {"boundary": "symmetric"})


def kernels():
    """The values of kernels themselves."""
    for size, sigma in [(3, 0.7), (9, 1.9), (31, 5)]:
        yield {"call": ["gaussian", sigma, {"size": size}], "row": cv2.getGaussianKernel(size, sigma).ravel().tolist()}
    for size in [3, 5, 7, 9]:
        row, column = cv2.getDerivKernels(1, 0, size)
        yield {"call": ["sobel", "x", size], "row": row.ravel().tolist(), "column": column.ravel().tolist()}
    for theta, wavelength, aspect, phase, size in [(0, 4, 1, 0, 7), (0.6, 5, 0.5, 1.2, 9), (2.2, 3, 1.5, -0.4, 5)]:
        values = cv2.getGaborKernel((size, size), 1.7, theta, wavelength, aspect, phase, cv2.CV_64F)
        options = {"sigma": 1.7, "wavelength": wavelength, "theta": theta, "phase": phase, "aspect": aspect, "size": size}
        yield {"call": ["gabor", options], "data": values.ravel().tolist()}


def lines(values):
    return "".join(f"  {json.dumps(value)},\n" for value in values)


folder = pathlib.Path(__file__).parent
folder.joinpath("cases.ts").write_text(
    f"""/**
 * What OpenCV {cv2.__version__}, SciPy {scipy.__version__} and scikit-image {skimage.__version__} give, written by make-cases.py.
 *
 * A picture is its width, height and channels before its bytes, a kernel its height and width before its weights.
 */

// biome-ignore format: one case a line
export const FILTERED = [
{lines([*filtered(), *named()])}] as const;

// biome-ignore format: one case a line
export const KERNELS = [
{lines(kernels())}] as const;
"""
)
