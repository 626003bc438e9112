/**
 * jax-js as a peer: `lax.convGeneralDilated` on its WebAssembly backend. It computes in NCHW; inputs are brought into that layout
 * before the clock starts and the result is brought back after it stopped. The call is made as it stands, without `jit`, which makes
 * one kernel of padding, patches and products, and ten times as slow a one (0.1.25).
 *
 * @module
 */

import type { AdapterSource, PreparedCase } from "@corr2d/parity";
import { type CaseData, type ConvCase, resolveCase } from "@corr2d/testkit";
import { channelsFirstIndex, toChannelsFirst, toChannelsLast, toOutputsFirst } from "./channels-first.ts";

type Jax = typeof import("@jax-js/jax");

/** The peer; `version` is that of the package, which does not tell it. */
export function jaxJs(version: string): AdapterSource {
  return {
    name: "jax-js",
    summary: "jax-js, WebAssembly made for each operation",
    async load() {
      const jax = await import("@jax-js/jax");
      if (!(await jax.init("wasm")).includes("wasm")) throw new Error("jax-js has no WebAssembly here");
      jax.defaultDevice("wasm");
      return {
        name: "jax-js",
        version,
        threads: 1,
        supports: (_convCase, pass) => pass === "forward" || "only forward passes of jax-js are timed",
        prepare: (convCase, _pass, data) => prepare(jax, convCase, data),
      };
    },
  };
}

function prepare({ lax, numpy }: Jax, convCase: ConvCase, data: CaseData): PreparedCase {
  const { batch, height, width, inChannels, outChannels, groups, groupInChannels } = resolveCase(convCase);
  const pixels = height.input * width.input;
  const taps = height.kernel * width.kernel;
  const filter = numpy.array(toOutputsFirst(data.filter, taps, groupInChannels, outChannels), {
    shape: [outChannels, groupInChannels, height.kernel, width.kernel],
  });
  const bias = data.bias && numpy.array(data.bias.slice(), { shape: [outChannels, 1, 1] });
  const [strides, dilations] = [
    [height.stride, width.stride],
    [height.dilation, width.dilation],
  ];
  const padding: [number, number][] = [height, width].map(({ before, after }) => [before, after]);
  let x = toChannelsFirst(data.x, batch, pixels, inChannels);
  let y: Float32Array | undefined;
  return {
    async run() {
      const image = numpy.array(x, { shape: [batch, inChannels, height.input, width.input] });
      // What is given to an operation is used up by it, unless it is a reference of its own.
      const sums = lax.convGeneralDilated(image, filter.ref, strides, padding, {
        rhsDilation: dilations,
        featureGroupCount: groups,
      });
      y = (await (bias === undefined ? sums : sums.add(bias.ref)).data()) as Float32Array;
    },
    inputChanged(index) {
      if (index === undefined) x = toChannelsFirst(data.x, batch, pixels, inChannels);
      else x[channelsFirstIndex(index, pixels, inChannels)] = data.x[index];
    },
    read() {
      if (y === undefined) throw new Error("jax-js: read() was called before run()");
      return toChannelsLast(y, batch, height.output * width.output, outChannels);
    },
    dispose() {
      filter.dispose();
      bias?.dispose();
    },
  };
}
