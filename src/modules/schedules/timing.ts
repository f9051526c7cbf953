import type { ScheduleWindow } from "#db/values";
import { parseCron, ticksAfter, timeOfDayFrom, type Tick } from "#lib/cron";
import { isWithin, minuteIn, minuteOf, minutesBetween } from "#lib/time-of-day";
import { requireZone, type Zone } from "#lib/zone";

/** When a schedule runs. */
export interface Timing {
  readonly cron: string;
  readonly timeZone: string;
  readonly window: ScheduleWindow | null;
}

/** A tick, and when its run starts: a few minutes later, so that not all schedules start at once. Milliseconds. */
export interface Due {
  readonly tick: number;
  readonly start: number;
  /** Local time of the tick, as if the zone were UTC. */
  readonly local: number;
  /** The most that `start` may be behind. */
  readonly delayMax: number;
}

const minuteMs = 60_000;
const delayMostMinutes = 10;

/** A window that no tick falls into for so long is one that none ever falls into. */
const searchMs = 9 * 366 * 24 * 60 * minuteMs;

/**
 * The runs that start after a moment, in order. `share` (0 ≤ share < 1) is the schedule's own part of the delay, which is whole minutes, ten at most, at
 * most a tenth of the time to the next tick, and never beyond the window. Ticks outside the window are left out. Throws `CronError`, and
 * RangeError for a zone that is not known.
 */
export function upcoming({ cron, timeZone, window }: Timing, share: number, after: number, count: number): Due[] {
  const zone = requireZone(timeZone);
  const parsed = parseCron(cron);
  // The first since the window opens is within, or none is.
  if (window && !isWithin(window, timeOfDayFrom(parsed, minuteIn(window.from)))) return [];
  const found: Due[] = [];
  let latest = after;
  let previous: Tick | null = null;
  const take = (tick: Tick, next: number): void => {
    if (window && !isWithin(window, tick.local)) return;
    const due = dueOf(tick, { next, share, window, zone });
    if (due.start <= after) return;
    found.push(due);
    latest = due.start;
  };
  const ticks = ticksAfter(parsed, zone, after - (delayMostMinutes + 1) * minuteMs);
  for (let step = ticks.next(); !step.done; step = ticks.next(reopens(window, zone, step.value))) {
    const tick = step.value;
    if (previous) take(previous, tick.at);
    if (found.length >= count || tick.at - latest > searchMs) return found;
    previous = tick;
  }
  if (previous) take(previous, Infinity);
  return found;
}

/** From a tick outside the window on nothing counts until it opens, or until the clock changes. */
function reopens(window: ScheduleWindow | null, zone: Zone, { at, local }: Tick): number | undefined {
  if (!window || isWithin(window, local)) return undefined;
  let until = at + minutesBetween(minuteOf(local), minuteIn(window.from)) * minuteMs;
  const isChanged = (then: number): boolean => zone.offsetAt(then) !== local - at;
  for (let same = at; isChanged(until) && until - same > minuteMs;) {
    const middle = same + Math.floor((until - same) / 2 / minuteMs) * minuteMs;
    if (isChanged(middle)) until = middle;
    else same = middle;
  }
  return until - 1;
}

interface Around {
  /** The next tick, within the window or not. */
  readonly next: number;
  readonly share: number;
  readonly window: ScheduleWindow | null;
  readonly zone: Zone;
}

function dueOf({ at, local }: Tick, { next, share, window, zone }: Around): Due {
  const most = Math.min(
    delayMostMinutes,
    Math.floor((next - at) / minuteMs / 10),
    window ? left(window, local) - 1 : Infinity,
  );
  const delay = Math.floor(share * (most + 1)) * minuteMs;
  const start = at + delay;
  // A clock that leaps within the delay may leap out of the window.
  const isOut = window !== null && delay > 0 && !isWithin(window, start + zone.offsetAt(start));
  return { tick: at, start: isOut ? at : start, local, delayMax: most * minuteMs };
}

/** Whether a moment is within the window. Throws RangeError for a zone that is not known. */
export const isOpen = ({ timeZone, window }: Pick<Timing, "timeZone" | "window">, at: number): boolean =>
  window === null || isWithin(window, at + requireZone(timeZone).offsetAt(at));

/** Minutes until the window ends. */
const left = ({ to }: ScheduleWindow, local: number): number => minutesBetween(minuteOf(local), minuteIn(to));

/** A part between 0 and 1 that is the same for ever (FNV-1a). */
export function shareOf(...ids: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(ids.join("/"))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  // The last bytes move the lower half only.
  return (Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0) / 4_294_967_296;
}
