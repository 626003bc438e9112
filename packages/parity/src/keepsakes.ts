/**
 * What an implementation was given and what it handed out, kept for a while: results must stay what they were when others are
 * asked for, and nobody writes to arguments after a call has returned.
 *
 * @module
 */

/** Questions that a keepsake outlives; small ones outlive more of them. */
const SHORT = 16;
const LONG = 256;
const SMALL = 2 ** 10;

/** Keepsakes of one implementation. */
export class Keepsakes {
  private readonly short: (() => void)[] = [];
  private readonly long: (() => void)[] = [];

  /**
   * Keeps something, and looks at what has been kept long enough.
   *
   * @param size elements of it.
   * @param check throws if it did not stay as it was.
   */
  keep(size: number, check: () => void): void {
    const [queue, most] = size <= SMALL ? [this.long, LONG] : [this.short, SHORT];
    queue.push(check);
    if (queue.length > most) queue.shift()!();
  }
}

const keepsakesOf = new WeakMap<object, Keepsakes>();

/** The keepsakes of an implementation. */
export function keepsakesFor(adapter: object): Keepsakes {
  const known = keepsakesOf.get(adapter) ?? new Keepsakes();
  keepsakesOf.set(adapter, known);
  return known;
}
