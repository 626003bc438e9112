/**
 * Failures that were found, kept as files: one JSON file for each, named by the id of its question, with the arrays
 * themselves. Later runs ask them before anything else. A file can be read, edited and reviewed; deleting it forgets it.
 *
 * @module
 */

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CaseData, CasePass, SpatialCase } from "@corr2d/testkit";
import type { Problem } from "../generate/problem.ts";
import { questionId } from "../record.ts";

/** Changes when a reader of the files would have to. */
const SCHEMA = "corr2d-parity-regression/1";

/** What a failure that was kept is called when it is asked again. */
const PREFIX = "regression: ";

/** A failure that was found. */
export interface Regression {
  readonly convCase: SpatialCase;
  readonly pass: CasePass;
  readonly data: CaseData;
  /** Which implementation failed, and how. */
  readonly algorithm: string;
  readonly reason: string;
}

type StoredNumber = number | "NaN" | "Infinity" | "-Infinity";

interface StoredRegression extends Omit<Regression, "data"> {
  readonly schema: typeof SCHEMA;
  readonly data: Readonly<Record<keyof CaseData, readonly StoredNumber[] | undefined>>;
}

/**
 * Keeps a failure in a folder, which is made if need be; one that was kept before, in the same file. Gives the path of
 * its file.
 */
export async function saveRegression(folder: string, regression: Regression): Promise<string> {
  const { pass, data } = regression;
  const { name } = regression.convCase;
  const convCase = { ...regression.convCase, name: name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name };
  const stored: StoredRegression = {
    schema: SCHEMA,
    ...regression,
    convCase,
    data: { x: toStored(data.x), filter: toStored(data.filter), bias: toStored(data.bias), dy: toStored(data.dy) },
  };
  const path = join(folder, `${questionId({ case: convCase, values: "given", seed: 0, pass })}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(path, `${JSON.stringify(stored, undefined, 1)}\n`);
  return path;
}

/**
 * The failures kept in a folder as problems, in the order of their names; none if there is no such folder.
 *
 * @throws Error naming the file that cannot be understood.
 */
export async function loadRegressions(folder: string): Promise<readonly Problem[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const problems: Problem[] = [];
  for (const name of names.filter((file) => file.endsWith(".json")).sort()) {
    const path = join(folder, name);
    try {
      problems.push(asProblem(JSON.parse(await readFile(path, "utf8")) as StoredRegression));
    } catch (error) {
      throw new Error(`regression ${path} cannot be read: ${(error as Error).message}; mend or delete it`);
    }
  }
  return problems;
}

function asProblem({ schema, convCase, data }: StoredRegression): Problem {
  if (schema !== SCHEMA) throw new Error(`its schema is ${JSON.stringify(schema)}, not ${JSON.stringify(SCHEMA)}`);
  const { x, filter, bias, dy } = data;
  if (x === undefined || filter === undefined || dy === undefined) throw new Error("x, filter or dy is missing");
  const given = { x: asArray(x), filter: asArray(filter), bias: bias && asArray(bias), dy: asArray(dy) };
  return { convCase: { ...convCase, name: `${PREFIX}${convCase.name}` }, values: "given", seed: 0, given };
}

function toStored(array: Float32Array): readonly StoredNumber[];
function toStored(array: Float32Array | undefined): readonly StoredNumber[] | undefined;
function toStored(array: Float32Array | undefined): readonly StoredNumber[] | undefined {
  return array && Array.from(array, (value) => (Number.isFinite(value) ? value : (String(value) as StoredNumber)));
}

function asArray(stored: readonly StoredNumber[]): Float32Array {
  return Float32Array.from(stored, Number);
}
