/**
 * Text for places where it must stay text: names and messages come from modules, files and arguments of strangers.
 *
 * @module
 */

/** Text that HTML shows as it is, between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** JSON inside a script element: no text of it may end the element. */
export function escapeScriptData(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

/**
 * What moves a cursor, colours, rings, ends a line or turns the direction of writing: control characters, marks of
 * direction, separators of lines, halves of surrogate pairs, and the code points that stand for no character, which XML refuses.
 */
const NOT_PRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}\ufeff]/gu;

/** Text in one line that a terminal, or a reader of XML, shows as it is: what is not printable is named, as `\x1b`. */
export function printable(text: string): string {
  return text.replace(NOT_PRINTABLE, (character) => {
    const code = character.codePointAt(0)!;
    if (code === 0x0a) return "\\n";
    if (code === 0x09) return "\\t";
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** The same of every line of a text that has several, such as a program. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join("\n");
}

/** Every string of a value made {@link printable}, in objects and arrays at any depth; keys as well. */
export function printableStrings<V>(value: V): V {
  if (typeof value === "string") return printable(value) as V;
  if (Array.isArray(value)) return value.map(printableStrings) as V;
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [printable(key), printableStrings(part)])) as V;
}

/** Text that Markdown shows as it is: no emphasis, links, tags or table cells are made of it, no line breaks either. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\`*[\]|~$]|(?<!\w)_|_(?!\w)|^(?=[#>]|[+-]\s)/g, "\\$&")
    .replace(/^(\d+)(?=[.)]\s)/, "$1\\");
}

/** A program as a block of Markdown that nothing in it ends. */
export function fenced(language: string, program: string): string {
  const longest = Math.max(2, ...[...program.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${program.endsWith("\n") ? program : `${program}\n`}${fence}`;
}

/** As one word of a POSIX shell; words that need no quotes are left as they are. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** An address that a reader may follow, or undefined: pages of the web only. */
export function webAddress(text: string): string | undefined {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}
