const minuteMs = 60_000;
const dayMinutes = 1440;

/** A part of the day: `22:00` to `06:00` ends on the next one. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Minutes since midnight of a time of day: `22:30`. */
export const minuteIn = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Minutes since midnight of a local time, which is in milliseconds as if its zone were UTC. */
export const minuteOf = (local: number): number => Math.floor(local / minuteMs) % dayMinutes;

/** Minutes from one time of day to the next time it is another. */
export const minutesBetween = (from: number, to: number): number => (to - from + dayMinutes) % dayMinutes;

/** Whether a local time is within; never where both ends are the same. */
export function isWithin({ from, to }: Span, local: number): boolean {
  const begin = minuteIn(from);
  return minutesBetween(begin, minuteOf(local)) < minutesBetween(begin, minuteIn(to));
}
