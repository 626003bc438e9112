/**
 * Gives a browser without `Symbol.dispose`, such as Safari 26, the symbol that programs take there. Libraries that do so when they
 * are loaded change what others have made before; so here it is done before any.
 *
 * @module
 */

(Symbol as { dispose?: symbol }).dispose ??= Symbol.for("Symbol.dispose");
