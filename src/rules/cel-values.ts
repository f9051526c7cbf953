import { NotKnown, type Meter } from "./meter.ts";

/** A span of time, as CEL has it. */
export class Duration {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** Whole numbers of an expression are bigint, as CEL's `int`; numbers of a resource are number. */
export type CelNumber = bigint | number;

export const isNumber = (value: unknown): value is CelNumber => typeof value === "number" || typeof value === "bigint";
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;

/** Of what kind a value is, in CEL's words. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (value instanceof Date) return "timestamp";
  if (value instanceof Duration) return "duration";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "double";
  return typeof value === "object" ? "map" : typeof value;
}

const intMax = 2n ** 63n;

/** Throws `NotKnown` beyond 64 bits. */
export function int(value: bigint): bigint {
  if (value >= intMax || value < -intMax) throw new NotKnown("A whole number went beyond 64 bits");
  return value;
}

/** Numbers by what they are worth; lists and maps by what is in them. */
export function isEqual(a: unknown, b: unknown, meter: Meter): boolean {
  meter.spend(1);
  // Of a bigint and a number, too.
  if (isNumber(a) && isNumber(b)) return a >= b && a <= b;
  if (typeof a === "string" && typeof b === "string") {
    meter.spendText(Math.min(a.length, b.length));
    return a === b;
  }
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (a instanceof Duration && b instanceof Duration) return a.ms === b.ms;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, at) => isEqual(one, b[at], meter));
  if (isMap(a) && isMap(b)) {
    const names = Object.keys(a);
    meter.spend(names.length);
    return (
      names.length === Object.keys(b).length &&
      names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name], meter))
    );
  }
  return a === b;
}

/** Below zero, zero, above zero. Throws `NotKnown` for values that have no order. */
export function compare(a: unknown, b: unknown, meter: Meter): number {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : Number(a > b);
  if (typeof a === "string" && typeof b === "string") {
    meter.spendText(Math.min(a.length, b.length));
    return a < b ? -1 : Number(a > b);
  }
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (a instanceof Duration && b instanceof Duration) return a.ms - b.ms;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  throw new NotKnown(`${kindOf(a)} and ${kindOf(b)} have no order`);
}
