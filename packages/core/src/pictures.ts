/**
 * `@corr2d/core/pictures`: pictures filtered as they come from a canvas, sharp or a camera ({@link filterPicture}), and the kernels
 * that one filters them with ({@link gaussian}, {@link sobel}, …).
 *
 * @module
 */

export type { SeparableKernel } from "./corr2d/problem/problem.ts";
export type { Boundary } from "./geometry/boundary.ts";
export {
  type BytesLike,
  type FilteredPicture,
  filterPicture,
  type PicturePlan,
  type PlannedFormat,
  planFilterPicture,
  type ResultData,
} from "./pictures/filter-picture.ts";
export {
  type GradientMagnitudeOptions,
  gradientMagnitude,
  planGradientMagnitude,
} from "./pictures/gradient-magnitude.ts";
export {
  box,
  emboss,
  type GaborOptions,
  type GaussianOptions,
  gabor,
  gaussian,
  type KernelAxis,
  laplacian,
  laplacianOfGaussian,
  motion,
  prewitt,
  scharr,
  sharpen,
  sobel,
  unsharp,
} from "./pictures/kernels.ts";
export type { PictureFacts } from "./pictures/planes.ts";
export type { Picture, PictureData, PictureDType } from "./pictures/problem/picture.ts";
export type {
  AlphaRule,
  FilterPictureOptions,
  PictureAnchor,
  PictureKernel,
  PictureRegion,
} from "./pictures/problem/problem.ts";
