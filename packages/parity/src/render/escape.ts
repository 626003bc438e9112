/**
 * Text for places where it must stay text.
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
