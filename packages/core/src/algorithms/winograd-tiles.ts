/**
 * The tiles of outputs of Winograd's algorithm, in an order in which those that need the products of a point stand side by
 * side.
 *
 * The products whose row is the point at infinity go into the last row of a tile of outputs, and nowhere else (the last
 * column of Aᵀ is zero but for its last row). A tile whose last row is outside does not need them, and so with columns.
 * By what is outside, the order is: the last row; nothing; the last column; both.
 *
 * @module
 */

/** Tiles of `size`×`size` outputs, row by row of each image but for their order. */
export class WinogradTiles {
  readonly count: number;
  /** Image, first row and first column of each. */
  readonly images: Int32Array;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** Where each kind begins. */
  readonly #starts: readonly number[];

  constructor(batch: number, rows: number, columns: number, size: number) {
    this.count = batch * Math.ceil(rows / size) * Math.ceil(columns / size);
    this.images = new Int32Array(this.count);
    this.rows = new Int32Array(this.count);
    this.columns = new Int32Array(this.count);
    const [wholeRows, wholeColumns] = [rows - (rows % size), columns - (columns % size)];
    let tile = 0;
    const add = (fromRow: number, toRow: number, fromColumn: number, toColumn: number): number => {
      const start = tile;
      for (let n = 0; n < batch; n++) {
        for (let row = fromRow; row < toRow; row += size) {
          for (let column = fromColumn; column < toColumn; column += size) {
            this.images[tile] = n;
            this.rows[tile] = row;
            this.columns[tile++] = column;
          }
        }
      }
      return start;
    };
    this.#starts = [
      add(wholeRows, rows, 0, wholeColumns),
      add(0, wholeRows, 0, wholeColumns),
      add(0, wholeRows, wholeColumns, columns),
      add(wholeRows, rows, wholeColumns, columns),
    ];
  }

  /** The first tile, and the one after the last, that need products whose row, or column, is the point at infinity. */
  needing(infiniteRow: boolean, infiniteColumn: boolean): readonly [first: number, end: number] {
    const [, whole, lastColumn, both] = this.#starts;
    const end = infiniteColumn ? lastColumn : infiniteRow ? both : this.count;
    return [infiniteRow ? whole : 0, end];
  }
}
