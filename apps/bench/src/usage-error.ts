/**
 * An error of the one who typed the command: its message is shown without a stack, and the exit code is 2.
 *
 * @module
 */

/** What was asked for cannot be done; the message says what can. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
