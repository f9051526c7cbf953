import type { QuietHours } from "#db/values";
import { isWithin } from "#lib/time-of-day";
import { requireZone } from "#lib/zone";

const minuteMs = 60_000;

/** Whether it is quiet then. */
export const isQuiet = (quiet: QuietHours, at: Date): boolean =>
  isWithin(quiet, at.getTime() + requireZone(quiet.timeZone).offsetAt(at.getTime()));

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
