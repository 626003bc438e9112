import { describe, expect, it } from "vitest";
import { decide, type Evidence, failedAnswer, judgeValues } from "./verdict.ts";

const exact: Evidence = { truth: Float64Array.of(1, -2, 3), bounds: 0 };
const bounded: Evidence = { truth: Float64Array.of(1, -2, 3), bounds: Float64Array.of(0.5, 0.5, 0.5) };
const answer = (evidence: Evidence, ...values: number[]) => judgeValues(Float32Array.from(values), evidence);

describe("decide", () => {
  it("agrees where both are right, and names the rung", () => {
    const right = answer(exact, 1, -2, 3);
    expect(decide(right, right, false)).toEqual({ verdict: "agree", rung: "exact by data", reason: undefined });
    expect(decide(right, right, true).rung).toBe("bit-exact");
    const near = answer(bounded, 1.25, -2, 3);
    const nearToo = answer(bounded, 0.75, -2.5, 3);
    expect(decide(near, nearToo, false)).toMatchObject({ verdict: "agree", rung: "per-element bound" });
  });

  it("finds ours wrong by the last bit on exact data, and by anything beyond its bound on real data", () => {
    const right = answer(exact, 1, -2, 3);
    const off = answer(exact, 1, -2, 3 + 2 ** -22);
    expect(decide(off, right, false).verdict).toBe("ours is wrong");
    const beyond = answer(bounded, 1, -2, 3.75);
    const { verdict, reason } = decide(beyond, answer(bounded, 1, -2, 3), false);
    expect(verdict).toBe("ours is wrong");
    expect(reason).toBe("1 of 3 elements miss their bound; worst at 2: got 3.75, expected 3 ± 0.5");
  });

  it("finds tfjs wrong only where ours is right", () => {
    const [right, wrong] = [answer(exact, 1, -2, 3), answer(exact, 1, 2, 3)];
    expect(decide(right, wrong, false).verdict).toBe("tfjs is wrong");
    const both = decide(wrong, wrong, false);
    expect(both.verdict).toBe("ours is wrong");
    expect(both.reason).toContain("the oracle is wrong too");
  });

  it("holds two that promise the same sums to the same bits, within their bound or not", () => {
    const [ours, theirs] = [answer(bounded, 1, -2, 3), answer(bounded, 1, -2, 3 + 2 ** -22)];
    expect(decide(ours, theirs, false).verdict).toBe("agree");
    const { verdict, reason } = decide(ours, theirs, true);
    expect(verdict).toBe("ours is wrong");
    expect(reason).toContain("not the same bits");
    const nought: Evidence = { truth: Float64Array.of(0), bounds: 0 };
    const [zero, minusZero] = [answer(nought, 0), answer(nought, -0)];
    expect(decide(zero, minusZero, true).verdict).toBe("agree");
  });

  it("is undecided where two right answers are further apart than their bounds allow", () => {
    // Judged against different truths, as no real evidence could have it.
    const low = answer({ truth: Float64Array.of(0), bounds: Float64Array.of(0.5) }, 0);
    const high = answer({ truth: Float64Array.of(9), bounds: Float64Array.of(0.5) }, 9);
    expect(decide(low, high, false)).toMatchObject({ verdict: "undecided", rung: "per-element bound" });
  });

  it("counts a failure to answer as a wrong answer", () => {
    const right = answer(exact, 1, -2, 3);
    expect(decide(failedAnswer(new Error("out of memory"), exact), right, false)).toMatchObject({
      verdict: "ours is wrong",
      reason: "threw: out of memory",
    });
    expect(decide(right, failedAnswer("no kernel", exact), false).verdict).toBe("tfjs is wrong");
  });

  it("finds an answer of the wrong length wrong, and NaN where a number belongs", () => {
    const right = answer(exact, 1, -2, 3);
    expect(decide(answer(exact, 1, -2), right, false).reason).toBe("2 elements instead of 3");
    expect(decide(answer(exact, 1, Number.NaN, 3), right, false).verdict).toBe("ours is wrong");
    expect(decide(answer(bounded, 1, Number.NaN, 3), answer(bounded, 1, -2, 3), false).verdict).toBe("ours is wrong");
  });
});
