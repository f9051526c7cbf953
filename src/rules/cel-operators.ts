import { compare, Duration, int, isEqual, isMap, isNumber, kindOf } from "./cel-values.ts";
import { NotKnown, type Meter } from "./meter.ts";

const comparisons = {
  "==": (a: unknown, b: unknown, meter: Meter) => isEqual(a, b, meter),
  "!=": (a: unknown, b: unknown, meter: Meter) => !isEqual(a, b, meter),
  "<": (a: unknown, b: unknown, meter: Meter) => compare(a, b, meter) < 0,
  "<=": (a: unknown, b: unknown, meter: Meter) => compare(a, b, meter) <= 0,
  ">": (a: unknown, b: unknown, meter: Meter) => compare(a, b, meter) > 0,
  ">=": (a: unknown, b: unknown, meter: Meter) => compare(a, b, meter) >= 0,
  in: isIn,
};

const ints = {
  "+": (a: bigint, b: bigint) => a + b,
  "-": (a: bigint, b: bigint) => a - b,
  "*": (a: bigint, b: bigint) => a * b,
  "/": (a: bigint, b: bigint) => a / divisor(b),
  "%": (a: bigint, b: bigint) => a % divisor(b),
};
type Calculation = keyof typeof ints;

const doubles: Readonly<Record<Calculation, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};

/** What a binary operator makes of two values. Throws `NotKnown` for kinds it does not take. */
export function binary(
  operator: keyof typeof comparisons | Calculation,
  a: unknown,
  b: unknown,
  meter: Meter,
): unknown {
  if (operator in comparisons) return comparisons[operator as keyof typeof comparisons](a, b, meter);
  // safe: what is no comparison is a calculation.
  const calculation = operator as Calculation;
  if (typeof a === "bigint" && typeof b === "bigint") return int(ints[calculation](a, b));
  if (isNumber(a) && isNumber(b)) return doubles[calculation](Number(a), Number(b));
  if (calculation === "+") return sum(a, b, meter);
  if (calculation === "-") return difference(a, b);
  throw new NotKnown(`${kindOf(a)} ${operator} ${kindOf(b)} makes nothing`);
}

function isIn(a: unknown, b: unknown, meter: Meter): boolean {
  if (Array.isArray(b)) return b.some((one) => isEqual(a, one, meter));
  if (isMap(b) && typeof a === "string") return Object.hasOwn(b, a);
  throw new NotKnown(`${kindOf(b)} holds nothing`);
}

function divisor(value: bigint): bigint {
  if (value === 0n) throw new NotKnown("Something was divided by zero");
  return value;
}

function sum(a: unknown, b: unknown, meter: Meter): unknown {
  if (typeof a === "string" && typeof b === "string") {
    meter.spendText(a.length + b.length);
    return a + b;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    meter.spend(a.length + b.length);
    return [...(a as unknown[]), ...(b as unknown[])];
  }
  if (a instanceof Date && b instanceof Duration) return new Date(a.getTime() + b.ms);
  if (a instanceof Duration && b instanceof Date) return new Date(a.ms + b.getTime());
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.ms + b.ms);
  throw new NotKnown(`${kindOf(a)} + ${kindOf(b)} makes nothing`);
}

function difference(a: unknown, b: unknown): unknown {
  if (a instanceof Date && b instanceof Date) return new Duration(a.getTime() - b.getTime());
  if (a instanceof Date && b instanceof Duration) return new Date(a.getTime() - b.ms);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.ms - b.ms);
  throw new NotKnown(`${kindOf(a)} - ${kindOf(b)} makes nothing`);
}
