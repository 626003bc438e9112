/**
 * The script of the report page: choose layers and peers, sort tables, copy a link to a row. The charts are pictures, and
 * everything is there without it.
 *
 * @module
 */

const hidden = new Set<string>();
const sheet = document.head.appendChild(document.createElement("style"));

addToolbar();
for (const entry of document.querySelectorAll<HTMLElement>(".legend li")) becomeSwitch(entry);
for (const table of document.querySelectorAll("table")) becomeSortable(table);
for (const row of document.querySelectorAll<HTMLElement>("tr[id]")) addLink(row);

/** Fields that leave only what one looks for. */
function addToolbar(): void {
  const groups = new Set([...document.querySelectorAll<HTMLElement>("[data-group]")].map((one) => one.dataset.group!));
  if (groups.size === 0) return;
  const bar = document.createElement("form");
  bar.className = "toolbar";
  const text = field("Layers", document.createElement("input"));
  text.type = "search";
  text.placeholder = "all, or part of a name";
  const group = field("Class", document.createElement("select"));
  group.append(new Option("all", ""), ...[...groups].map((name) => new Option(name)));
  const apply = (): void => {
    const wanted = text.value.trim().toLowerCase();
    for (const row of document.querySelectorAll<HTMLElement>("tr[data-group]")) {
      row.hidden =
        (group.value !== "" && row.dataset.group !== group.value) || !row.textContent.toLowerCase().includes(wanted);
    }
    for (const figure of document.querySelectorAll<HTMLElement>("figure[data-group]")) {
      figure.hidden = group.value !== "" && figure.dataset.group !== group.value;
    }
  };
  bar.append(text.parentElement!, group.parentElement!);
  bar.addEventListener("input", apply);
  bar.addEventListener("submit", (event) => event.preventDefault());
  document.querySelector("main")!.prepend(bar);
}

function field<Control extends HTMLElement>(name: string, control: Control): Control {
  const label = document.createElement("label");
  label.append(`${name} `, control);
  return control;
}

/** A name in a legend shows and hides its marks, in every chart. */
function becomeSwitch(entry: HTMLElement): void {
  const variant = entry.dataset.v!;
  const button = document.createElement("button");
  button.type = "button";
  button.append(...entry.childNodes);
  button.setAttribute("aria-pressed", "true");
  entry.append(button);
  button.addEventListener("click", () => {
    if (!hidden.delete(variant)) hidden.add(variant);
    for (const other of document.querySelectorAll(`.legend li[data-v="${variant}"] button`)) {
      other.setAttribute("aria-pressed", String(!hidden.has(variant)));
    }
    sheet.textContent = [...hidden].map((one) => `svg [data-v="${one}"]{display:none}`).join("");
  });
}

/** A click on the head of a column sorts by it: numbers from the greatest down, and back. */
function becomeSortable(table: HTMLTableElement): void {
  const body = table.tBodies[0];
  if (body.querySelector(".group") !== null || body.rows.length < 2) return;
  for (const [index, head] of [...table.tHead!.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") !== "descending";
      for (const other of table.tHead!.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const sign = descending ? -1 : 1;
      body.append(...[...body.rows].sort((a, b) => sign * compare(a.cells[index], b.cells[index])));
    });
  }
}

function compare(a: HTMLElement, b: HTMLElement): number {
  const [first, second] = [a, b].map((cell) => (cell.firstChild?.textContent ?? "").trim());
  const [x, y] = [first, second].map((text) => Number.parseFloat(text.replace(/[^\d.]/g, "")));
  return Number.isNaN(x) || Number.isNaN(y) ? first.localeCompare(second) : x - y;
}

/** A sign in a row's first cell that is a link to it, and copies its address. */
function addLink(row: HTMLElement): void {
  const link = document.createElement("a");
  link.href = `#${row.id}`;
  link.className = "anchor";
  link.textContent = "#";
  link.setAttribute("aria-label", `Copy a link to ${row.querySelector("th")?.firstChild?.textContent ?? "this row"}`);
  link.addEventListener("click", () => void navigator.clipboard?.writeText(link.href).catch(() => undefined));
  row.querySelector("th")?.append(link);
}
