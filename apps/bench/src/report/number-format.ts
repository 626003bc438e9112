/**
 * Numbers as people read them: three significant digits, no false precision, a thin space before a unit.
 *
 * @module
 */

const THIN_SPACE = "\u2009";

/** Three significant digits, without an exponent between 0.001 and a million. */
export function threeDigits(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const rounded = Number(value.toPrecision(3));
  const magnitude = Math.abs(rounded);
  if (magnitude >= 1e6 || magnitude < 1e-3) return value.toExponential(1);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(magnitude)));
  return rounded.toFixed(Math.min(decimals, 3));
}

/** `5.83×`. */
export function times(factor: number): string {
  return `${threeDigits(factor)}×`;
}

/** `5.71–5.97`. */
export function range(low: number, high: number): string {
  return `${threeDigits(low)}–${threeDigits(high)}`;
}

/** `42 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value < 10 ? Number(value.toPrecision(2)) : Math.round(value)}${THIN_SPACE}%`;
}

/** `1.5 MB`, by powers of 1000. */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${power === 0 ? value : threeDigits(value)}${THIN_SPACE}${units[power]}`;
}

/** `42 s`, `3 min 5 s`, `1 h 12 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
