/**
 * LEB128: the variable-length integers of WebAssembly. Seven bits per byte, lowest first; the eighth bit says that
 * more follow. A signed number ends when the rest is all sign, and bit 6 of the last byte is that sign.
 *
 * Source: W3C, "WebAssembly Core Specification 2.0", section 5.2.2.
 *
 * @module
 */

/** Bytes of an unsigned integer below 2³². */
export function unsignedLeb128(value: number): number[] {
  let rest = value >>> 0;
  if (rest < 0x80) return [rest];
  const bytes: number[] = [];
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Bytes of a signed 32-bit integer. */
export function signedLeb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    if (isLast) {
      bytes.push(low);
      return bytes;
    }
    bytes.push(low | 0x80);
  }
}
