import { matchesGlob } from "#lib/glob";
import { Duration, int, isMap, isNumber, kindOf } from "./cel-values.ts";
import { NotKnown, type Meter } from "./meter.ts";

/** Arguments, of a method with its receiver before them. */
type CelFunction = (args: readonly unknown[], meter: Meter) => unknown;

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const span = /^(-?)(?=.)(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?$/;

function charactersIn(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function size([value]: readonly unknown[], meter: Meter): bigint {
  if (typeof value === "string") {
    meter.spendCount(value.length);
    return BigInt(charactersIn(value));
  }
  if (Array.isArray(value)) return BigInt(value.length);
  if (isMap(value)) {
    const names = Object.keys(value);
    meter.spend(names.length);
    return BigInt(names.length);
  }
  throw new NotKnown(`${kindOf(value)} has no size`);
}

function toInt([value]: readonly unknown[]): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isFinite(value)) return int(BigInt(Math.trunc(value)));
  if (typeof value === "string" && /^[+-]?\d{1,19}$/.test(value)) return int(BigInt(value));
  if (value instanceof Date) return BigInt(Math.floor(value.getTime() / 1_000));
  throw new NotKnown(`${kindOf(value)} is no whole number`);
}

function toDouble([value]: readonly unknown[]): number {
  if (isNumber(value)) return Number(value);
  if (typeof value === "string" && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value)) return Number(value);
  throw new NotKnown(`${kindOf(value)} is no number`);
}

function toText([value]: readonly unknown[]): string {
  if (typeof value === "string") return value;
  if (isNumber(value) || typeof value === "boolean") return String(value);
  throw new NotKnown(`${kindOf(value)} is no text`);
}

function toTimestamp([value]: readonly unknown[]): Date {
  if (value instanceof Date) return value;
  if (typeof value === "string" && dateTime.test(value)) {
    const date = new Date(value);
    if (!Number.isNaN(date.getTime())) return date;
  }
  if (typeof value === "bigint" && value > -62_135_596_800n && value < 253_402_300_800n)
    return new Date(Number(value) * 1_000);
  throw new NotKnown(`${kindOf(value)} is no timestamp`);
}

function toDuration([value]: readonly unknown[]): Duration {
  if (value instanceof Duration) return value;
  const parts = typeof value === "string" ? span.exec(value) : null;
  if (!parts) throw new NotKnown("A duration is written 720h, 90m, 30s or 1h30m");
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = parts;
  const ms = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1_000;
  return new Duration(sign === "-" ? -ms : ms);
}

/** The functions an expression may call. */
export const functions: Readonly<Record<string, CelFunction>> = {
  size,
  int: toInt,
  double: toDouble,
  string: toText,
  timestamp: toTimestamp,
  duration: toDuration,
  dyn: ([value]) => value,
};

const ofTexts =
  (answer: (text: string, part: string) => boolean): CelFunction =>
  ([text, part], meter) => {
    if (typeof text !== "string" || typeof part !== "string")
      throw new NotKnown(`${kindOf(typeof text === "string" ? part : text)} is no text`);
    meter.spendSearch(text, part);
    return answer(text, part);
  };

const changed =
  (change: (text: string) => string): CelFunction =>
  ([text], meter) => {
    if (typeof text !== "string") throw new NotKnown(`${kindOf(text)} is no text`);
    meter.spendText(text.length);
    return change(text);
  };

/** A part of a date, UTC; of a duration the whole of it in that unit, where it has one. */
const partOf =
  (ofDate: (date: Date) => number, unitMs?: number): CelFunction =>
  ([value]) => {
    if (value instanceof Date) return BigInt(ofDate(value));
    if (value instanceof Duration && unitMs !== undefined) return BigInt(Math.trunc(value.ms / unitMs));
    throw new NotKnown(`${kindOf(value)} has no such part`);
  };

/** The methods an expression may call, beside those that go through a list. */
export const methods: Readonly<Record<string, CelFunction>> = {
  size,
  contains: ofTexts((text, part) => text.includes(part)),
  startsWith: ofTexts((text, part) => text.startsWith(part)),
  endsWith: ofTexts((text, part) => text.endsWith(part)),
  glob: ofTexts((text, pattern) => matchesGlob(pattern, text)),
  lowerAscii: changed((text) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  upperAscii: changed((text) => text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase())),
  getFullYear: partOf((date) => date.getUTCFullYear()),
  getMonth: partOf((date) => date.getUTCMonth()),
  getDate: partOf((date) => date.getUTCDate()),
  getDayOfWeek: partOf((date) => date.getUTCDay()),
  getHours: partOf((date) => date.getUTCHours(), 3_600_000),
  getMinutes: partOf((date) => date.getUTCMinutes(), 60_000),
  getSeconds: partOf((date) => date.getUTCSeconds(), 1_000),
};

/** Methods that go through a list, or the keys of a map. */
export const loops = ["all", "exists", "exists_one", "filter", "map"] as const;
