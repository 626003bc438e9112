/**
 * A report before it is typeset: sections of text, tables, pictures and charts. The HTML page, the Markdown file and
 * the terminal all show this one document. Every string is plain text; whoever typesets it escapes it.
 *
 * @module
 */

import type { Chart } from "./chart.ts";
import type { PageRatios } from "./page-ratios.ts";

/** The whole. */
export interface Document {
  readonly title: string;
  /** What search engines and messengers show of it. */
  readonly description: string;
  /** One or two sentences under the title. */
  readonly lead: string;
  /** Where else to look. */
  readonly links: readonly { readonly text: string; readonly href: string }[];
  /** Everybody who takes part, in the order that colours go by. */
  readonly variants: readonly string[];
  /** What the page needs to speak about another of them; null where there are no ratios. */
  readonly ratios: PageRatios | null;
  /** When and where, in one line. */
  readonly byline: string;
  /** What must be known before the first figure; mostly nothing. */
  readonly banner: readonly string[];
  readonly figures: readonly KeyFigure[];
  /** What the figures that speak of speed have in common; null where there are none. */
  readonly figuresNote: string | null;
  readonly sections: readonly Section[];
}

/** A number worth a large type, and what it says. */
export interface KeyFigure {
  readonly value: string;
  readonly label: string;
  /** Said below, such as an interval. */
  readonly detail?: string;
  /** Whether it says how fast the subject is, and changes with the baseline. */
  readonly isSpeed?: boolean;
}

/** A heading and what stands under it. */
export interface Section {
  readonly id: string;
  readonly heading: string;
  readonly blocks: readonly Block[];
}

/** Something that stands under a heading. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "list"; readonly items: readonly { readonly term: string; readonly text: string }[] }
  | { readonly kind: "pictures"; readonly pictures: readonly Picture[] }
  | { readonly kind: "chart"; readonly chart: Chart };

/** Rows and columns. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Said below the table. */
  readonly notes: readonly string[];
  /**
   * Where its cells are the ratios of the rows named by their `id`, for which a reader may choose another baseline: how many columns
   * follow after them.
   */
  readonly ratios?: { readonly columnsAfter: number };
  /** Long tables are folded away until somebody wants them. */
  readonly folded: boolean;
}

/** One column. */
export interface Column {
  readonly label: string;
  readonly numeric: boolean;
}

/** One row: a cell for each column, or a line that heads the rows below it. */
export type Row =
  | { readonly heading: string }
  | {
      readonly cells: readonly Cell[];
      /** Its place in the page, where somebody may want to point at it. */
      readonly id?: string;
      /** The class of its layer, by which a reader may choose. */
      readonly group?: string;
    };

/** One cell. */
export interface Cell {
  readonly text: string;
  /** `good` and `bad` judge, `muted` steps back, `strong` stands out. */
  readonly tone: "plain" | "good" | "bad" | "muted" | "strong";
  /** Said in smaller type below, such as an interval. */
  readonly detail?: string | undefined;
  /** What it is a link to. */
  readonly href?: string;
}

/** A grey picture. */
export interface Picture {
  readonly png: Uint8Array;
  /** Name of the file beside the Markdown report. */
  readonly file: string;
  /** What is to be seen, for those who do not see it. */
  readonly alt: string;
  readonly caption: string;
}

/** A cell of a given tone. */
export function cell(text: string, tone: Cell["tone"] = "plain", detail?: string): Cell {
  return { text, tone, detail };
}

/** A cell in one line, the detail in brackets. */
export function inOneLine({ text, detail }: Cell): string {
  return detail === undefined ? text : `${text} (${detail})`;
}

/** A column of text. */
export function column(label: string): Column {
  return { label, numeric: false };
}

/** A column of numbers. */
export function numbers(label: string): Column {
  return { label, numeric: true };
}
