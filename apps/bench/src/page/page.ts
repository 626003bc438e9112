/**
 * The script of the report page: choose layers, peers and the baseline, sort tables, copy a link to a row. The charts are
 * pictures, and everything is there without it.
 *
 * @module
 */

import { baselineField } from "./baseline.ts";
import { field } from "./field.ts";
import { asButton, becomeSortable, sortBy } from "./sort.ts";

const hidden = new Set<string>();
const sheet = document.head.appendChild(document.createElement("style"));

for (const entry of document.querySelectorAll<HTMLElement>(".legend li")) becomeSwitch(entry);
for (const table of document.querySelectorAll("table")) becomeSortable(table);
for (const row of document.querySelectorAll<HTMLElement>("tr[id]")) addLink(row);
// What follows another baseline takes the place of what was there, and its buttons and links do the same.
document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element)) return;
  const head = target.closest("thead th");
  if (target.closest("button") !== null && head instanceof HTMLTableCellElement) sortBy(head);
  const entry = target.closest<HTMLElement>(".legend li");
  if (target.closest("button") !== null && entry !== null) toggle(entry.dataset.v!);
  const link = target.closest<HTMLAnchorElement>("a.anchor");
  if (link !== null) void navigator.clipboard?.writeText(link.href).catch(() => undefined);
});
addToolbar();

/** Fields that leave only what one looks for, and the baseline. */
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
  const baseline = baselineField((added) => {
    for (const entry of added.querySelectorAll<HTMLElement>(".legend li")) becomeSwitch(entry);
    for (const table of added.querySelectorAll("table")) becomeSortable(table);
    apply();
  });
  bar.append(text.parentElement!, group.parentElement!, ...(baseline === undefined ? [] : [baseline]));
  bar.addEventListener("input", apply);
  bar.addEventListener("submit", (event) => event.preventDefault());
  // Below what stands first, which is for whoever has five seconds.
  const first = document.querySelector("main > section#by-class");
  if (first === null) document.querySelector("main")!.prepend(bar);
  else first.after(bar);
}

/** A name in a legend shows and hides its marks, in every chart. */
function becomeSwitch(entry: HTMLElement): void {
  if (entry.querySelector("button") !== null) return;
  const button = asButton(entry);
  button.setAttribute("aria-pressed", String(!hidden.has(entry.dataset.v!)));
}

function toggle(variant: string): void {
  if (!hidden.delete(variant)) hidden.add(variant);
  for (const button of document.querySelectorAll(`.legend li[data-v="${variant}"] button`)) {
    button.setAttribute("aria-pressed", String(!hidden.has(variant)));
  }
  sheet.textContent = [...hidden].map((one) => `svg [data-v="${one}"]{display:none}`).join("");
}

/** A sign in a row's first cell that is a link to it, and copies its address. */
function addLink(row: HTMLElement): void {
  const link = document.createElement("a");
  link.href = `#${row.id}`;
  link.className = "anchor";
  link.textContent = "#";
  const name = row.querySelector("th")?.firstChild;
  link.setAttribute("aria-label", `Copy a link to ${name?.textContent ?? "this row"}`);
  // Beside the name, not below what is said of it in smaller type.
  if (name) name.after(link);
}
