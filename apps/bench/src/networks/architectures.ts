/**
 * Architectures of classification, at their true sizes, as Keras has them (which is what becomes TensorFlow.js models).
 *
 * @module
 */

import type { Architecture, Builder, ConvStep } from "./builder.ts";

/** Source: A. Howard et al., "MobileNets", arXiv:1704.04861 (2017). */
export const mobilenetV1: Architecture = (b, image) => {
  const activation = "relu6";
  let x = b.convolve(b.pad(image, [0, 1], [0, 1]), 32, { stride: 2, padding: "valid", activation });
  const widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
  for (const [n, filters] of widths.entries()) {
    const strided = [1, 3, 5, 11].includes(n);
    x = strided
      ? b.depthwise(b.pad(x, [0, 1], [0, 1]), { stride: 2, padding: "valid", activation })
      : b.depthwise(x, { activation });
    x = b.convolve(x, filters, { kernel: 1, activation });
  }
  return b.dense(b.globalAverage(x), 1000, "softmax");
};

/** Source: M. Sandler et al., "MobileNetV2", CVPR 2018, table 2. */
export const mobilenetV2: Architecture = (b, image) => {
  const activation = "relu6";
  let x = b.convolve(b.pad(image, [0, 1], [0, 1]), 32, { stride: 2, padding: "valid", activation });
  const stages = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  for (const [expansion, filters, repeats, firstStride] of stages) {
    for (let n = 0; n < repeats; n++) {
      const [stride, channels] = [n === 0 ? firstStride : 1, b.channelsOf(x)];
      let y = expansion === 1 ? x : b.convolve(x, expansion * channels, { kernel: 1, activation });
      y =
        stride === 2
          ? b.depthwise(b.pad(y, [0, 1], [0, 1]), { stride, padding: "valid", activation })
          : b.depthwise(y, { activation });
      y = b.convolve(y, filters, { kernel: 1, activation: "linear" });
      x = stride === 1 && channels === filters ? b.add(x, y) : y;
    }
  }
  x = b.convolve(x, 1280, { kernel: 1, activation });
  return b.dense(b.globalAverage(x), 1000, "softmax");
};

/** Source: K. He et al., "Deep residual learning", CVPR 2016, table 1. */
export const resnet50: Architecture = (b, image) => {
  let x = b.convolve(b.pad(image, [3, 3], [3, 3]), 64, { kernel: 7, stride: 2, padding: "valid" });
  x = b.pool(b.pad(x, [1, 1], [1, 1]), { kind: "max", size: 3, stride: 2 });
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const filters = 64 * 2 ** stage;
    for (let n = 0; n < blocks; n++) {
      const stride = n === 0 && stage > 0 ? 2 : 1;
      const around =
        n === 0 ? b.convolve(x, 4 * filters, { kernel: 1, stride, padding: "valid", activation: "linear" }) : x;
      let y = b.convolve(x, filters, { kernel: 1, stride, padding: "valid" });
      y = b.convolve(y, filters, { kernel: 3 });
      y = b.convolve(y, 4 * filters, { kernel: 1, activation: "linear" });
      x = b.relu(b.add(around, y));
    }
  }
  return b.dense(b.globalAverage(x), 1000, "softmax");
};

/** Source: K. Simonyan and A. Zisserman, "Very deep convolutional networks", ICLR 2015, configuration D. */
export const vgg16: Architecture = (b, image) => {
  let x = image;
  for (const [n, filters] of [64, 128, 256, 512, 512].entries()) {
    for (let i = 0; i < (n < 2 ? 2 : 3); i++) x = b.convolve(x, filters, { norm: false });
    x = b.pool(x, { kind: "max", size: 2, stride: 2 });
  }
  x = b.dense(b.flatten(x), 4096, "relu");
  x = b.dense(x, 4096, "relu");
  return b.dense(x, 1000, "softmax");
};

/** Source: C. Szegedy et al., "Rethinking the Inception architecture", CVPR 2016, as Keras writes it. */
export const inceptionV3: Architecture = (b, image) => {
  const pool = <T>(builder: Builder<T>, x: T): T =>
    builder.pool(x, { kind: "average", size: 3, stride: 1, padding: "same" });
  const valid: ConvStep = { padding: "valid" };
  let x = b.convolve(image, 32, { stride: 2, ...valid });
  x = b.convolve(x, 32, valid);
  x = b.pool(b.convolve(x, 64), { kind: "max", size: 3, stride: 2 });
  x = b.convolve(x, 80, { kernel: 1, ...valid });
  x = b.pool(b.convolve(x, 192, valid), { kind: "max", size: 3, stride: 2 });
  const one: ConvStep = { kernel: 1 };
  for (const pooled of [32, 64, 64]) {
    const wide = b.convolve(b.convolve(x, 48, one), 64, { kernel: 5 });
    const double = b.convolve(b.convolve(b.convolve(x, 64, one), 96), 96);
    x = b.concatenate([b.convolve(x, 64, one), wide, double, b.convolve(pool(b, x), pooled, one)]);
  }
  const strided: ConvStep = { stride: 2, ...valid };
  const double = b.convolve(b.convolve(b.convolve(x, 64, one), 96), 96, strided);
  x = b.concatenate([b.convolve(x, 384, strided), double, b.pool(x, { kind: "max", size: 3, stride: 2 })]);
  const row: ConvStep = { kernel: [1, 7] };
  const column: ConvStep = { kernel: [7, 1] };
  for (const width of [128, 160, 160, 192]) {
    const seven = b.convolve(b.convolve(b.convolve(x, width, one), width, row), 192, column);
    let twice = b.convolve(x, width, one);
    for (const [kernel, filters] of [
      [column, width],
      [row, width],
      [column, width],
      [row, 192],
    ] as const)
      twice = b.convolve(twice, filters, kernel);
    x = b.concatenate([b.convolve(x, 192, one), seven, twice, b.convolve(pool(b, x), 192, one)]);
  }
  const three = b.convolve(b.convolve(x, 192, one), 320, strided);
  const seven = b.convolve(b.convolve(b.convolve(x, 192, one), 192, row), 192, column);
  x = b.concatenate([three, b.convolve(seven, 192, strided), b.pool(x, { kind: "max", size: 3, stride: 2 })]);
  for (let n = 0; n < 2; n++) {
    const wide = b.convolve(x, 384, one);
    const deep = b.convolve(b.convolve(x, 448, one), 384);
    const cross = [wide, deep].map((y) =>
      b.concatenate([b.convolve(y, 384, { kernel: [1, 3] }), b.convolve(y, 384, { kernel: [3, 1] })]),
    );
    x = b.concatenate([b.convolve(x, 320, one), ...cross, b.convolve(pool(b, x), 192, one)]);
  }
  return b.dense(b.globalAverage(x), 1000, "softmax");
};

/** Source: Y. LeCun et al., "Gradient-based learning applied to document recognition", Proceedings of the IEEE 86 (1998). */
export const lenet: Architecture = (b, image) => {
  const pool = { kind: "max", size: 2, stride: 2 } as const;
  let x = b.pool(b.convolve(image, 6, { kernel: 5, norm: false }), pool);
  x = b.pool(b.convolve(x, 16, { kernel: 5, norm: false, padding: "valid" }), pool);
  x = b.dense(b.dense(b.flatten(x), 120, "relu"), 84, "relu");
  return b.dense(x, 10, "softmax");
};

/** Source: K. He et al., "Deep residual learning", CVPR 2016, section 4.2, with projections where sizes change. */
export const resnet20: Architecture = (b, image) => {
  let x = b.convolve(image, 16);
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let n = 0; n < 3; n++) {
      const stride = n === 0 && stage > 0 ? 2 : 1;
      const around = stride === 1 ? x : b.convolve(x, filters, { kernel: 1, stride, activation: "linear" });
      const y = b.convolve(b.convolve(x, filters, { stride }), filters, { activation: "linear" });
      x = b.relu(b.add(around, y));
    }
  }
  return b.dense(b.globalAverage(x), 10, "softmax");
};
