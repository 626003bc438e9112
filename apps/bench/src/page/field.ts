/**
 * Fields of the toolbar.
 *
 * @module
 */

/** A control with its name before it; the label is its parent. */
export function field<Control extends HTMLElement>(name: string, control: Control): Control {
  const label = document.createElement("label");
  label.append(`${name} `, control);
  return control;
}
