import { requireZone } from "./zone.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Minutes of an hour, or a time of day, in an IANA time zone. */
export interface LocalTimes {
  readonly every: "hour" | "day";
  /** `09:00`; of an hour only the minutes count. */
  readonly at: string;
  readonly timeZone: string;
}

/**
 * The first such moment after `after`. Each local day (or hour) has one: where clocks go forward over it, it is as long after the
 * change as it would have been without; where they go back and it comes twice, the first counts.
 */
export function nextLocalTime({ every, at, timeZone }: LocalTimes, after: Date): Date {
  const [hours = 0, minutes = 0] = at.split(":").map(Number);
  const afterMs = after.getTime();
  const local = localMs(afterMs, timeZone);
  if (every === "hour") return nextMinute(minutes, timeZone, afterMs);
  const midnight = local - (((local % dayMs) + dayMs) % dayMs);
  for (let days = 0; ; days += 1) {
    const moment = momentOf(midnight + days * dayMs + (hours * 60 + minutes) * minuteMs, timeZone);
    if (moment > afterMs) return new Date(moment);
  }
}

/** Zones are off by quarters of an hour, too, and change by half hours: the wall clock is asked. */
function nextMinute(minutes: number, timeZone: string, afterMs: number): Date {
  const first = Math.floor(afterMs / minuteMs) * minuteMs + minuteMs;
  const wait = (((minutes - minuteOf(first, timeZone)) % 60) + 60) % 60;
  const jump = first + wait * minuteMs;
  if (minuteOf(jump, timeZone) === minutes) return new Date(jump);
  // Clocks change by part of an hour in between.
  let moment = first;
  while (minuteOf(moment, timeZone) !== minutes) moment += minuteMs;
  return new Date(moment);
}

const minuteOf = (ms: number, timeZone: string): number => new Date(localMs(ms, timeZone)).getUTCMinutes();

/** The moment at which clocks show `local` (as if it were UTC). */
function momentOf(local: number, timeZone: string): number {
  const [before, after] = [local - dayMs, local + dayMs].map((near) => local - (localMs(near, timeZone) - near));
  const shown = [before, after].filter((moment) => moment !== undefined && localMs(moment, timeZone) === local);
  return Math.min(...(shown.length > 0 ? shown : [before]).map(Number));
}

/** What clocks show, as if it were UTC. */
const localMs = (ms: number, timeZone: string): number => ms + requireZone(timeZone).offsetAt(ms);
