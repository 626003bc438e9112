/**
 * A sentence with a little markup, as texts are written: *emphasis*, `code` and [links](address).
 *
 * @module
 */

import { Fragment, type JSX } from "preact";

const MARKUP = /(\*[^*]+\*|`[^`]+`|\[[^\]]+\]\([^)]+\))/;

/** Shows the sentence. */
export function Prose({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {text.split(MARKUP).map((part, n) => (
        <Fragment key={n}>{marked(part)}</Fragment>
      ))}
    </>
  );
}

function marked(part: string): JSX.Element | string {
  if (part.startsWith("*")) return <em>{part.slice(1, -1)}</em>;
  if (part.startsWith("`")) return <code>{part.slice(1, -1)}</code>;
  const [, label, address] = /^\[(.+)\]\((.+)\)$/.exec(part) ?? [];
  return address === undefined ? part : <a href={address}>{label}</a>;
}
