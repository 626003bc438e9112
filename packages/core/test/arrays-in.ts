/**
 * What results and arguments share with each other.
 *
 * @module
 */

/** Every array that can be reached, and the memory of every typed array. */
export function arraysIn(value: unknown): readonly unknown[] {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (Array.isArray(value)) return [value, ...value.flatMap(arraysIn)];
  return value instanceof Object && typeof value !== "function" ? Object.values(value).flatMap(arraysIn) : [];
}
