import { Cron as Croner } from "croner";
import type { Zone } from "./zone.ts";

/** A cron expression that can be read. */
export interface Cron {
  readonly text: string;
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

const expected = "minute, hour, day of the month, month, day of the week";

/** A local time that clocks leap over, or that comes twice, is never lost and never doubled where minutes and hours are listed. */
const reading = { mode: "5-part", fixedTimeRule: "no-wildcard" } as const;

const readerOf = (text: string, timezone: string): Croner => new Croner(text, { ...reading, timezone });

/**
 * Reads `minute hour day-of-the-month month day-of-the-week`, or an alias (`@daily`). Each is `*`, or a list of values, ranges and
 * steps (`1,5-10,20-40/5`); months and weekdays go by name, too, and 7 is Sunday. Where both days are restricted, one of them is
 * enough. Throws `CronError`.
 */
export function parseCron(text: string): Cron {
  const fields = text.split(/\s+/);
  if (!text.startsWith("@") && fields.length !== 5) {
    const seconds = fields.length === 6 ? " There is no field for seconds." : "";
    throw new CronError(`Five fields are expected (${expected}), not ${fields.length}.${seconds}`);
  }
  if (/[lw#?+]/i.test(text.replace(/^@.*|jul|wed/gi, "")))
    throw unreadable(text, "L, W, #, ? and + are not understood");
  try {
    readerOf(text, "UTC");
  } catch (error) {
    throw unreadable(text, error instanceof Error ? error.message.replace("CronPattern: ", "") : "it is malformed");
  }
  return { text };
}

const unreadable = (text: string, why: string): CronError =>
  new CronError(
    `"${text}" cannot be read: ${why}. Each of ${expected} is *, a value, a range (a-b), steps of those (*/n) or a list of them.`,
  );

const utc: Zone = { name: "UTC", offsetAt: () => 0 };

/** The first time of day that its minutes and hours name from a minute of the day on; milliseconds, over a day where that is the next one. */
export function timeOfDayFrom({ text }: Cron, minute: number): number {
  const daily = text.startsWith("@") ? text : [...text.split(/\s+/).slice(0, 2), "* * *"].join(" ");
  return ticksAfter({ text: daily }, utc, minute * 60_000 - 1).next().value?.at ?? Number.NaN;
}

/**
 * The ticks after a moment, in order, until there is none for years. A local time that the clock leaps over is left out, and one that
 * comes twice is taken twice; but where minutes and hours are listed, one that is leapt over is taken when the clock has leapt,
 * and one that comes twice the first time only. Whoever asks may leap ahead: `next(after)`.
 */
export function* ticksAfter({ text }: Cron, zone: Zone, after: number): Generator<Tick, void, number | undefined> {
  const job = readerOf(text, zone.name);
  let from = after;
  for (;;) {
    const at = job.nextRun(new Date(from))?.getTime();
    if (at === undefined) return;
    from = Math.max(at, (yield { at, local: at + zone.offsetAt(at) }) ?? at);
  }
}
