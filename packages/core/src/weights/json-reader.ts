/**
 * Reads JSON piece by piece, so that a file that says little in many bytes takes little memory: nothing is made of it but what
 * is asked for. (`JSON.parse` makes 64 bytes of the three in `{},`, and keeps the last of two values with one name.)
 *
 * Source: RFC 8259.
 *
 * @module
 */

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** Deeper values are refused. */
const MOST_LEVELS = 64;

/** A place in a text; each function reads one thing there and goes on behind it. */
export class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** An object: `field` is called behind each name, and must read the value. */
  object(field: (name: string) => void): void {
    this.#list("{", "}", () => {
      const name = this.string();
      this.#expect(":");
      field(name);
    });
  }

  /** An array: `element` must read each value. */
  array(element: () => void): void {
    this.#list("[", "]", element);
  }

  string(): string {
    const start = this.#at;
    this.#skipString();
    return JSON.parse(this.#text.slice(start, this.#at));
  }

  number(): number {
    return Number(this.#match(NUMBER));
  }

  /** Passes over any value and returns its text, cut short if it is long. */
  skip(levels: number = MOST_LEVELS): string {
    const start = this.#at;
    const next = this.peek();
    if (levels === 0) this.#fail(`at most ${MOST_LEVELS} levels`);
    if (next === "{") this.object(() => this.skip(levels - 1));
    else if (next === "[") this.array(() => this.skip(levels - 1));
    else if (next === '"') this.#skipString();
    else this.#match(/[tfn]/.test(next) ? WORD : NUMBER);
    return this.#text.slice(start, Math.min(this.#at, start + 100)).trim();
  }

  /** The next character that is no white space; empty at the end. */
  peek(): string {
    while (" \t\n\r".includes(this.#text[this.#at] ?? "x")) this.#at++;
    return this.#text[this.#at] ?? "";
  }

  /** Throws unless nothing but white space is left. */
  end(): void {
    if (this.peek() !== "") this.#fail("the end");
  }

  #list(open: string, close: string, item: () => void): void {
    this.#expect(open);
    if (this.peek() !== close) {
      item();
      while (this.peek() === ",") {
        this.#at++;
        item();
      }
    }
    this.#expect(close);
  }

  #skipString(): void {
    this.#expect('"');
    for (let code = this.#next(); code !== 0x22; code = this.#next()) {
      if (code === 0x5c) this.#at++;
      else if (!(code >= 0x20)) this.#fail('"');
    }
  }

  /** The code of the character here, which is left behind; NaN at the end. */
  #next(): number {
    return this.#text.charCodeAt(this.#at++);
  }

  #match(pattern: RegExp): string {
    this.peek();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? this.#fail("a value");
    this.#at += found.length;
    return found;
  }

  #expect(character: string): void {
    if (this.peek() !== character) this.#fail(character);
    this.#at++;
  }

  #fail(expected: string): never {
    const found = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : "the end";
    throw new SyntaxError(`expected ${expected} at character ${this.#at}, found ${found}`);
  }
}
