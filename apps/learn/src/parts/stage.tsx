/**
 * What every stage has: a title, a few sentences, a formula, something to move, moments to try, and the call of core that it
 * makes.
 *
 * @module
 */

import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { spoken } from "../language.ts";
import { FRAME } from "../texts.ts";
import { Prose } from "./prose.tsx";

/** A moment worth looking at: what to see, and the address that leads there. */
export interface Moment {
  readonly text: string;
  readonly address: string;
}

/** What a stage is told. */
export interface StageProps {
  readonly title: string;
  readonly lead: readonly string[];
  /** MathML, made when the page was built. */
  readonly formula?: string;
  /** The code that computes what is shown. */
  readonly call: string;
  readonly moments: readonly Moment[];
  readonly children: ComponentChildren;
}

/** The stage. */
export function Stage({ title, lead, formula, call, moments, children }: StageProps): JSX.Element {
  const texts = spoken(FRAME);
  return (
    <article>
      <h1>{title}</h1>
      {lead.map((text) => (
        <p key={text} class="lead">
          <Prose text={text} />
        </p>
      ))}
      {formula !== undefined && <Formula markup={formula} />}
      {children}
      <section class="try" aria-label={texts.tryThis}>
        <h2>{texts.tryThis}</h2>
        <ul>
          {moments.map(({ text, address }) => (
            <li key={text}>
              <a href={address}>{text}</a>
            </li>
          ))}
        </ul>
      </section>
      <Call code={call} />
    </article>
  );
}

/** A formula that was made when the page was built. */
export function Formula({ markup }: { readonly markup: string }): JSX.Element {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is too wide, so keys must reach it
  return <div class="formula" tabIndex={0} dangerouslySetInnerHTML={{ __html: markup }} />;
}

const copied = signal("");

function Call({ code }: { readonly code: string }): JSX.Element {
  const texts = spoken(FRAME);
  return (
    <section class="call" aria-label={texts.call}>
      <h2>{texts.call}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
      <button
        type="button"
        onClick={async () => {
          await navigator.clipboard.writeText(code);
          copied.value = code;
        }}
      >
        {copied.value === code ? texts.copied : texts.copy}
      </button>
    </section>
  );
}
