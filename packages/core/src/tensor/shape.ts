/**
 * Shapes as labelled, readonly tuples: the label is the documentation, the tuple is the check.
 *
 * Every array in this library is dense and row-major: the last dimension varies fastest. So element
 * `[n, h, w, c]` of a {@link Shape4} stands at `((n * H + h) * W + w) * C + c`.
 *
 * @module
 */

/** Shape of a matrix or a one-channel image. */
export type Shape2 = readonly [height: number, width: number];

/** Shape of a three-dimensional tensor whose axes the function that takes it names. */
export type Shape3 = readonly [number, number, number];

/** Shape of a four-dimensional tensor whose axes the function that takes it names. */
export type Shape4 = readonly [number, number, number, number];

/** Shape of a five-dimensional tensor whose axes the function that takes it names. */
export type Shape5 = readonly [number, number, number, number, number];

/** Activations, channels last: the layout all algorithms compute in. */
export type NhwcShape = readonly [batch: number, height: number, width: number, channels: number];

/** Activations, channels first: accepted with `layout: "NCHW"` and converted at the door. */
export type NchwShape = readonly [batch: number, channels: number, height: number, width: number];

/** Filter weights (HWIO): the layout of TensorFlow; PyTorch's is OIHW. */
export type FilterShape = readonly [
  kernelHeight: number,
  kernelWidth: number,
  inChannelsPerGroup: number,
  outChannels: number,
];

/** Number of elements of a dense array: the product of its dimensions (1 for no dimensions). */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}
