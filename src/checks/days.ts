export const dayMs = 86_400_000;

/** More than so many days ago; exactly so many is not older. */
export const isOlderThan = (days: number, at: string, now: Date): boolean =>
  now.getTime() - Date.parse(at) > days * dayMs;

/** Whole days since a time that may be no time at all; null then. */
export function daysSince(at: unknown, now: Date): number | null {
  const then = typeof at === "string" ? Date.parse(at) : Number.NaN;
  return Number.isNaN(then) ? null : Math.floor((now.getTime() - then) / dayMs);
}

/** Whole days until a date, negative when it is past; NaN when it is none. */
export const daysUntil = (date: string, now: Date): number => Math.floor((Date.parse(date) - now.getTime()) / dayMs);
