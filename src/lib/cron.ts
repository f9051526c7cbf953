import { turnOf, type Turn, type Zone } from "./zone.ts";

/** What a cron expression matches. */
export interface Cron {
  /** Minutes of a day, ascending. */
  readonly minutes: readonly number[];
  /** Hours and minutes are listed, without `*` and steps: such times are never lost and never doubled when clocks change. */
  readonly listed: boolean;
  matches(date: Date): boolean;
}

/** A time a cron expression names, and when that is. Milliseconds. */
export interface Tick {
  readonly at: number;
  /** Local time at that moment, as if the zone were UTC. */
  readonly local: number;
}

/** A cron expression that cannot be read; the message says why. */
export class CronError extends Error {
  override readonly name = "CronError";
}

const aliases: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Names of the values from `from` on. */
  readonly words?: readonly string[];
}

const fields = [
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day of the month", from: 1, to: 31 },
  { name: "month", from: 1, to: 12, words: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { name: "day of the week", from: 0, to: 7, words: "sun mon tue wed thu fri sat".split(" ") },
] as const satisfies readonly Field[];

/**
 * Reads `minute hour day-of-the-month month day-of-the-week`, or an alias. Each is `*`, or a list of values, ranges and steps
 * (`1,5-10,20-40/5`); months and weekdays go by name, too, and 7 is Sunday. Where both days are restricted, one of them is
 * enough. Throws `CronError`.
 */
export function parseCron(text: string): Cron {
  const parts = (aliases[text.toLowerCase()] ?? text).split(/\s+/);
  if (parts.length !== 5) throw new CronError(wrongCount(text, parts.length));
  const [minute = "", hour = "", day = "", , weekday = ""] = parts;
  const [minutes, hours, days, months, weekdays] = fields.map((field, at) => valuesOf(field, parts[at] ?? "")) as [
    Values,
    Values,
    Values,
    Values,
    Values,
  ];
  const isEither = day !== "*" && weekday !== "*";
  return {
    minutes: [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute)).toSorted((a, b) => a - b),
    listed: !/[*/]/.test(minute + hour),
    matches(date) {
      const [isDay, isWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
      return months.has(date.getUTCMonth() + 1) && (isEither ? isDay || isWeekday : isDay && isWeekday);
    },
  };
}

function wrongCount(text: string, count: number): string {
  if (text.startsWith("@")) return `${text} is not known; known: ${Object.keys(aliases).join(", ")}.`;
  const expected = "minute, hour, day of the month, month, day of the week";
  return `Five fields are expected (${expected}), not ${count}.${count === 6 ? " There is no field for seconds." : ""}`;
}

type Values = ReadonlySet<number>;

function valuesOf(field: Field, text: string): Values {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [, range = "", first = "", last, step] = /^(\*|([a-z\d]+)(?:-([a-z\d]+))?)(?:\/(\d+))?$/i.exec(part) ?? [];
    const from = range === "*" ? field.from : valueOf(field, first);
    const to = range === "*" ? field.to : last === undefined ? from : valueOf(field, last);
    const isStepOfOne = step !== undefined && range !== "*" && last === undefined;
    if (!(from <= to) || step === "0" || isStepOfOne) throw new CronError(unreadable(field, part));
    for (let value = from; value <= to; value += Number(step ?? 1))
      values.add(value === 7 && field.to === 7 ? 0 : value);
  }
  return values;
}

/** NaN: no value of the field. */
function valueOf({ from, to, words = [] }: Field, text: string): number {
  const named = words.indexOf(text.toLowerCase());
  const value = named === -1 ? (/^\d+$/.test(text) ? Number(text) : Number.NaN) : named + from;
  return value >= from && value <= to ? value : Number.NaN;
}

function unreadable({ name, from, to, words }: Field, part: string): string {
  const named = words ? `, or ${words.join(", ")}` : "";
  return `The ${name} cannot be "${part}": expected are *, ${from} to ${to}${named}, ranges (a-b) and steps (*/n, a-b/n), joined by commas.`;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** 29 February comes again within eight years. */
const emptyDaysMax = 9 * 366;

/**
 * The ticks after a moment, in order, until there is none for nine years. A local time that the clock leaps over is left out, and one
 * that comes twice is taken twice; but of listed times one that is leapt over is taken when the clock has leapt, on the same
 * day, and one that comes twice the first time only.
 */
export function* ticksAfter(cron: Cron, zone: Zone, after: number): Generator<Tick> {
  const today = Math.floor((after + zone.offsetAt(after)) / dayMs) * dayMs;
  let waiting: Tick[] = [];
  // Where a clock is set back over midnight, yesterday comes again.
  for (let day = today - dayMs, empty = 0; empty <= emptyDaysMax; day += dayMs, empty += 1) {
    const isMatch = cron.matches(new Date(day));
    if (!isMatch && waiting.length === 0) continue;
    const turn = turnOf(zone, day);
    const begins = day - Math.max(turn.before, turn.after);
    yield* waiting.filter(({ at }) => at < begins);
    waiting = waiting.filter(({ at }) => at >= begins);
    if (!isMatch) continue;
    empty = 0;
    waiting = [...waiting, ...ticksOf(cron, turn, day)].filter(({ at }) => at > after).toSorted((a, b) => a.at - b.at);
  }
}

/** All ticks of a local day, each once. */
function ticksOf({ minutes, listed }: Cron, turn: Turn, day: number): Tick[] {
  const ticks = new Map<number, Tick>();
  for (const minute of minutes) {
    for (const at of momentsOf(turn, day + minute * minuteMs, listed)) {
      const local = at + (at < turn.at ? turn.before : turn.after);
      if (local >= day && local < day + dayMs) ticks.set(at, { at, local });
    }
  }
  return [...ticks.values()];
}

/** When it is a local time: once, never or twice; of a listed one always once. */
function momentsOf({ before, after, at }: Turn, local: number, listed: boolean): number[] {
  const moments = [local - before, local - after].filter((moment, second) =>
    second === 0 ? moment < at : moment >= at,
  );
  if (!listed) return moments;
  return moments.length === 0 ? [at] : moments.slice(0, 1);
}
