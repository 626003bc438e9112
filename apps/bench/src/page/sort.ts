/**
 * Tables that are sorted by a click on the head of a column.
 *
 * @module
 */

/** Puts a button into each head that has none, unless rows stand under headings of their own. */
export function becomeSortable(table: HTMLTableElement): void {
  const body = table.tBodies[0]!;
  if (body.querySelector(".group") !== null || body.rows.length < 2) return;
  for (const head of table.tHead!.rows[0]!.cells) if (head.querySelector("button") === null) asButton(head);
}

/** Puts what is in an element into a button. */
export function asButton(element: HTMLElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...element.childNodes);
  element.append(button);
  return button;
}

/** By which column a table is sorted, and how. */
export interface Order {
  readonly column: string;
  readonly direction: string;
}

/** The order of the table in an element; undefined where nobody has sorted it. */
export function orderOf(element: ParentNode): Order | undefined {
  const head = element.querySelector("th[aria-sort]");
  return head === null ? undefined : { column: head.textContent, direction: head.getAttribute("aria-sort")! };
}

/** Sorts by a column: numbers from the greatest down, and back. */
export function sortBy(
  head: HTMLTableCellElement,
  direction: string = head.getAttribute("aria-sort") === "descending" ? "ascending" : "descending",
): void {
  const table = head.closest("table")!;
  const body = table.tBodies[0]!;
  for (const other of table.tHead!.rows[0]!.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", direction);
  const sign = direction === "descending" ? -1 : 1;
  const cellOf = (row: HTMLTableRowElement): HTMLTableCellElement => row.cells[head.cellIndex]!;
  body.append(...[...body.rows].sort((a, b) => sign * compare(cellOf(a), cellOf(b))));
}

function compare(a: HTMLTableCellElement, b: HTMLTableCellElement): number {
  const [first, second] = [a, b].map((cell) => (cell.firstChild?.textContent ?? "").trim()) as [string, string];
  const [x, y] = [first, second].map((text) => Number.parseFloat(text.replace(/[^\d.]/g, ""))) as [number, number];
  return Number.isNaN(x) || Number.isNaN(y) ? first.localeCompare(second) : x - y;
}
