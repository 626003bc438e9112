/**
 * The state of the page lives in its address, `#/slide?kernel=1,-1&at=2,3`, so that a link leads to a moment. A parameter is a
 * signal with a name: what is written into it appears in the address, and what a followed link says is written into it. A
 * parameter at its initial value is left out; one that says what cannot be is named to the reader and left at its initial value.
 *
 * @module
 */

import { batch, effect, type Signal, signal } from "@preact/signals";

/** How a value is written in the address. */
export interface Codec<T> {
  /** Undefined for what is no such value. */
  parse(text: string): T | undefined;
  format(value: T): string;
}

interface Parameter {
  read(text: string | undefined): boolean;
  write(): string | undefined;
}

/** Stage of parameters that keep their value from stage to stage. */
export const EVERY_STAGE = "";

const WRITE_DELAY_MS = 150;

/** The stage that is shown. */
export const stage: Signal<string> = signal("");

/** Parameters of the followed link that could not be understood. */
export const misunderstood: Signal<readonly string[]> = signal([]);

const parameters = new Map<string, Map<string, Parameter>>();
/** Counts parameters made, so that links follow when a stage brings its own. */
const made = signal(0);
/** Stages whose parameters are there; until then the address is left alone. */
const ready = signal<ReadonlySet<string>>(new Set());

/** A signal that is a parameter of a stage; its value is what the address says, now or when a link is followed. */
export function parameter<T>(of: string, name: string, codec: Codec<T>, initial: T): Signal<T> {
  const value = signal(initial);
  const initialText = codec.format(initial);
  const own = parameters.get(of) ?? new Map<string, Parameter>();
  parameters.set(of, own);
  const entry: Parameter = {
    read(text) {
      const parsed = text === undefined ? initial : codec.parse(text);
      if (text === undefined && codec.format(value.peek()) === initialText) return true;
      value.value = parsed ?? initial;
      return parsed !== undefined;
    },
    write() {
      const text = codec.format(value.value);
      return text === initialText ? undefined : text;
    },
  };
  own.set(name, entry);
  const here = parseAddress(location.hash);
  const text = of === EVERY_STAGE || of === here.stage ? here.texts.get(name) : undefined;
  if (text !== undefined && !entry.read(text)) misunderstood.value = [...misunderstood.value, name];
  made.value++;
  return value;
}

/** The address of a stage in the state it is in. */
export function addressOf(of: string): string {
  made.value;
  const texts: string[] = [];
  for (const owner of [of, EVERY_STAGE]) {
    for (const [name, { write }] of parameters.get(owner) ?? []) {
      const text = write();
      if (text !== undefined) texts.push(`${name}=${escaped(text)}`);
    }
  }
  return `#/${of}${texts.length > 0 ? `?${texts.join("&")}` : ""}`;
}

/** Says that the parameters of a stage have been made. */
export function markReady(of: string): void {
  ready.value = new Set([...ready.value, of]);
}

/** Begins to follow and to write the address; `stages` are those there are, the first is where the page begins. */
export function followAddress(stages: readonly string[]): void {
  /** The address as it was last read or written: another one is news that is still to be read. */
  let seen = "";
  const read = (): void => {
    seen = location.hash;
    const { stage: asked, texts } = parseAddress(location.hash);
    batch(() => {
      stage.value = stages.includes(asked) ? asked : stages[0]!;
      const wrong: string[] = asked === "" || stages.includes(asked) ? [] : [asked];
      for (const owner of [stage.value, EVERY_STAGE]) {
        for (const [name, { read }] of parameters.get(owner) ?? []) {
          // What holds for every stage stays as it is when a link does not speak of it.
          const text = texts.get(name);
          if (owner === EVERY_STAGE && text === undefined) continue;
          if (!read(text)) wrong.push(name);
        }
      }
      misunderstood.value = wrong;
    });
  };
  addEventListener("hashchange", read);
  read();
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    if (!ready.value.has(stage.value)) return;
    const address = addressOf(stage.value);
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (location.hash !== seen || address === seen) return;
      history.replaceState(null, "", address);
      seen = location.hash;
    }, WRITE_DELAY_MS);
  });
}

/** The stage and the parameters that an address names. */
export function parseAddress(hash: string): { readonly stage: string; readonly texts: ReadonlyMap<string, string> } {
  const [, of = "", query = ""] = /^#\/([^?]*)\??(.*)$/.exec(hash) ?? [];
  return { stage: of, texts: new Map(new URLSearchParams(query)) };
}

/** Only what would be misread is escaped: an address is read by people, too. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%3B", ";").replaceAll("%3A", ":");
}
