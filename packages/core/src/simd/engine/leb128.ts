/**
 * LEB128: the variable-length integers of WebAssembly. Seven bits per byte, lowest first; the eighth bit says that
 * more follow. A signed number ends when the rest is all sign, and bit 6 of the last byte is that sign.
 *
 * Bytes come as text, one character for each, as the assembler wants them.
 *
 * Source: W3C, "WebAssembly Core Specification 2.0", section 5.2.2.
 *
 * @module
 */

/** Bytes of an unsigned integer below 2³². */
export function unsignedLeb128(value: number): string {
  let bytes = "";
  let rest = value >>> 0;
  while (rest >= 0x80) {
    bytes += String.fromCharCode((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return bytes + String.fromCharCode(rest);
}

/** Bytes of a signed 32-bit integer. */
export function signedLeb128(value: number): string {
  let bytes = "";
  let rest = value | 0;
  while (rest < -0x40 || rest >= 0x40) {
    bytes += String.fromCharCode((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  return bytes + String.fromCharCode(rest & 0x7f);
}
