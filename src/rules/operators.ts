import { matchesGlob } from "#lib/glob";
import { NotKnown, type Meter } from "./meter.ts";
import { fieldOf, type Path } from "./reads.ts";

/** What a value is held against. */
export interface Held {
  /** Where the value stands, for what is said of it. */
  readonly path: Path;
  readonly value: unknown;
  /** The condition's. */
  readonly against: unknown;
  readonly now: Date;
  readonly meter: Meter;
}

/** What an operator wants for its `value`. */
type Wants = "nothing" | "scalar" | "scalars" | "text" | "order" | "days";

interface Operator {
  readonly wants: Wants;
  /** Of a value that is known. Throws `NotKnown` when it is of a kind that cannot be held against that. */
  holds(held: Held): boolean;
}

type Scalar = string | number | boolean | null;

const isScalar = (value: unknown): value is Scalar =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

function same(held: Held, against: unknown): boolean {
  if (typeof held.value === "string" && typeof against === "string") held.meter.spendText(against.length);
  return held.value === against;
}

/** A text with this text inside, or a list with this element. */
function contains({ path, value, against, meter }: Held): boolean {
  if (value === null) return false;
  if (Array.isArray(value)) {
    meter.spend(value.length);
    return value.includes(against);
  }
  if (typeof value !== "string" || typeof against !== "string") throw unfit(path, "a text or a list");
  meter.spendSearch(value, against);
  return value.includes(against);
}

const isIn = (held: Held): boolean => (held.against as readonly Scalar[]).some((one) => same(held, one));

/** Texts alone; nothing is no text that begins with anything. */
const ofText =
  (holds: (value: string, against: string) => boolean) =>
  ({ path, value, against, meter }: Held): boolean => {
    if (value === null) return false;
    // safe: `valueProblem` admits texts alone.
    const other = against as string;
    if (typeof value !== "string") throw unfit(path, "a text");
    meter.spendSearch(value, other);
    return holds(value, other);
  };

/** Numbers with numbers, dates with dates. */
const ofOrder =
  (holds: (difference: number) => boolean) =>
  ({ path, value, against }: Held): boolean => {
    if (value === null) return false;
    if (typeof against === "number") {
      if (typeof value !== "number") throw unfit(path, "a number");
      return holds(value - against);
    }
    return holds(timeOf(path, value) - Date.parse(String(against)));
  };

const dayMs = 86_400_000;

/** `age`: days since the date; below zero for one to come. */
const ofAge =
  (holds: (age: number, days: number) => boolean) =>
  ({ path, value, against, now }: Held): boolean =>
    value !== null && holds((now.getTime() - timeOf(path, value)) / dayMs, Number(against));

function timeOf(path: Path, value: unknown): number {
  const time = typeof value === "string" && isDate(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw unfit(path, "a date");
  return time;
}

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d(T[\d:.]{5,18}(Z|[+-]\d\d:\d\d))?$/.test(text);

const unfit = (path: Path, kind: string): NotKnown => new NotKnown(`${fieldOf(path)} is not ${kind}`);

const not =
  (holds: Operator["holds"]): Operator["holds"] =>
  (held) =>
    !holds(held);

const equals = (held: Held): boolean => same(held, held.against);

const operators: Readonly<Record<string, Operator>> = {
  equals: { wants: "scalar", holds: equals },
  not_equals: { wants: "scalar", holds: not(equals) },
  contains: { wants: "scalar", holds: contains },
  not_contains: { wants: "scalar", holds: not(contains) },
  starts_with: { wants: "text", holds: ofText((value, other) => value.startsWith(other)) },
  ends_with: { wants: "text", holds: ofText((value, other) => value.endsWith(other)) },
  matches: { wants: "text", holds: ofText((value, pattern) => matchesGlob(pattern, value)) },
  in: { wants: "scalars", holds: isIn },
  not_in: { wants: "scalars", holds: not(isIn) },
  greater_than: { wants: "order", holds: ofOrder((difference) => difference > 0) },
  greater_or_equal: { wants: "order", holds: ofOrder((difference) => difference >= 0) },
  less_than: { wants: "order", holds: ofOrder((difference) => difference < 0) },
  less_or_equal: { wants: "order", holds: ofOrder((difference) => difference <= 0) },
  exists: { wants: "nothing", holds: ({ value }) => value !== null },
  not_exists: { wants: "nothing", holds: ({ value }) => value === null },
  older_than_days: { wants: "days", holds: ofAge((age, days) => age > days) },
  within_days: { wants: "days", holds: ofAge((age, days) => Math.abs(age) <= days) },
};

export const operatorNames: readonly string[] = Object.keys(operators);

export const operatorOf = (name: string): Operator | undefined =>
  Object.hasOwn(operators, name) ? operators[name] : undefined;

const textMax = 1_000;
const listMax = 100;
const daysMax = 36_500;

const isText = (value: unknown): value is string => typeof value === "string" && value.length <= textMax;
const isPlain = (value: unknown): boolean => (typeof value === "string" ? isText(value) : isScalar(value));
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

interface Want {
  readonly isMet: (value: unknown) => boolean;
  /** What to say when it is not. */
  readonly say: string;
}

const wanted: Readonly<Record<Wants, Want>> = {
  nothing: { isMet: (value) => value === undefined, say: "is not taken by this operator: leave it out" },
  scalar: { isMet: isPlain, say: `must be a text of at most ${textMax} characters, a number, true, false or null` },
  scalars: {
    isMet: (value) => Array.isArray(value) && value.length > 0 && value.length <= listMax && value.every(isPlain),
    say: `must be a list of 1 to ${listMax} texts, numbers, true, false or null`,
  },
  text: {
    isMet: (value) => isText(value) && value !== "",
    say: `must be a text of 1 to ${textMax} characters`,
  },
  order: {
    isMet: (value) => isNumber(value) || (isText(value) && isDate(value)),
    say: "must be a number or a date (2026-03-13 or 2026-03-13T10:00:00Z)",
  },
  days: {
    isMet: (value) => isNumber(value) && value >= 0 && value <= daysMax,
    say: `must be days, 0 to ${daysMax}`,
  },
};

/** What is wrong with an operator's value; null: nothing. */
export const valueProblem = ({ wants }: Operator, value: unknown): string | null =>
  wanted[wants].isMet(value) ? null : wanted[wants].say;
