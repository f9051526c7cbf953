import type { QuietHours } from "#db/values";

const minuteMs = 60_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  clocks.set(timeZone, made);
  return made;
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Minutes since midnight on the wall of that time zone. */
const localMinutes = (at: Date, timeZone: string): number => minutesOf(clockOf(timeZone).format(at));

/** Whether it is quiet then. */
export function isQuiet({ from, to, timeZone }: QuietHours, at: Date): boolean {
  const now = localMinutes(at, timeZone);
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  return begin < end ? begin <= now && now < end : now >= begin || now < end;
}

/**
 * When it may be told: now, or the first minute that is not quiet, also where clocks are put forward or back meanwhile. What is critical
 * does not wait where the quiet hours except it.
 */
export function tellableAt(quiet: QuietHours | null, now: Date, isCritical: boolean): Date {
  if (quiet === null || (isCritical && quiet.exceptCritical) || !isQuiet(quiet, now)) return now;
  // Minute by minute: where clocks are put back, a time of day that is over comes again.
  let at = Math.floor(now.getTime() / minuteMs) + 1;
  while (isQuiet(quiet, new Date(at * minuteMs))) at += 1;
  return new Date(at * minuteMs);
}
