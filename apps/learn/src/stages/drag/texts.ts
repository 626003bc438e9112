/** What the stage says. */

import type { Texts } from "../../language.ts";

const en = {
  title: "Drag the picture",
  lead: [
    "Shift the picture, then apply the layer; or apply the layer, then shift its result. If both give the same for every shift, the layer is *translation equivariant*: what it finds moves along with the picture. (Many call this translation invariance, for the weights do not vary. Strictly, what is invariant would not change at all; here it moves along.)",
    "A convolution is equivariant, except at the picture's border: what a shift pushes out is lost, and what lies outside has to be made up. With a circular border nothing is lost, and the difference is exactly 0.",
  ],
  layer: "Layer",
  layers: { dense: "fully connected", local: "locally connected", convolution: "convolution" },
  edges: "Outside the picture",
  edge: { zeros: "zeros", wrap: "its other side (circular)" },
  pad: "The picture to shift",
  hint: "Drag it, or move it with the arrow keys.",
  reset: "Back to the middle",
  shifted: "shift x: drag me",
  first: "f(shift x)",
  last: "shift f(x)",
  difference: "f(shift x) − shift f(x): empty where they are the same",
  shift: "shift, down and across",
  largest: "largest difference",
  cells: (cells: number, all: number) => `${cells} of ${all} cells differ`,
  same: "The same, bit by bit: for this shift the layer is equivariant.",
  edgesOnly: "They differ at the border only: inside, the layer is equivariant.",
  differs: "They differ all over: what this layer looks for depends on the place.",
  moments: [
    "a convolution with a circular border: no difference at all",
    "a convolution with zeros outside: the border gives it away",
    "a locally connected layer: every place has weights of its own",
    "a fully connected layer: nothing moves along",
  ],
};

const zh: typeof en = {
  title: "拖动图片",
  lead: [
    "先平移图片再作用这一层，或先作用这一层再平移结果。若对任何平移两者都相同，这一层就是*平移等变*的：它找到的东西随图片一起移动。（常称为“平移不变性”，因为权重不变。严格地说，“不变”是结果毫无变化，而这里结果随之移动。）",
    "卷积是等变的，只有边界例外：平移会把一部分推出去，而图片之外的内容只能人为规定。若边界循环相接，就什么都不会丢失，两者之差恰好为 0。",
  ],
  layer: "层",
  layers: { dense: "全连接", local: "局部连接", convolution: "卷积" },
  edges: "图片之外",
  edge: { zeros: "零", wrap: "另一侧（循环）" },
  pad: "要平移的图片",
  hint: "拖动它，或用方向键移动。",
  reset: "回到原位",
  shifted: "平移 x：拖动我",
  first: "f(平移 x)",
  last: "平移 f(x)",
  difference: "f(平移 x) − 平移 f(x)：相同之处为空白",
  shift: "平移量（向下、向右）",
  largest: "最大的差",
  cells: (cells, all) => `${all} 个单元中有 ${cells} 个不同`,
  same: "逐位相同：对这个平移，该层是等变的。",
  edgesOnly: "只在边界处不同：在内部，该层是等变的。",
  differs: "处处不同：这一层寻找什么取决于位置。",
  moments: [
    "循环边界的卷积：毫无差别",
    "外面是零的卷积：边界露出破绽",
    "局部连接层：每个位置有自己的权重",
    "全连接层：没有任何东西随之移动",
  ],
};

/** Texts of the stage. */
export const DRAG: Texts<typeof en> = { en, zh };
