const dayMs = 86_400_000;

/** `2026-11-20`, so many days later. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);

/** Days from one to another, both counted. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / dayMs + 1;

export const intervals = ["day", "week", "month"] as const;
export type Interval = (typeof intervals)[number];

/** The first day of the stretch a day is in: weeks begin on Monday. */
export function beginOf(interval: Interval, day: string): string {
  if (interval === "month") return `${day.slice(0, 8)}01`;
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  return interval === "week" ? dayAfter(day, -weekday) : day;
}

/** A stretch of days and what is told of it. */
export interface Point {
  readonly from: string;
  readonly to: string;
  /** Null: nothing was known yet. */
  readonly value: number | null;
  /** Nobody looked in it: it is what was known before. */
  readonly filled: boolean;
}

/** What is known of some days; a day that is not in it was not looked at. `before`: the newest of the days ahead. */
export interface Series {
  readonly values: ReadonlyMap<string, number>;
  readonly before: number | null;
  /** `sum`: what happened; `last`: how it stood. */
  readonly kind: "sum" | "last";
}

/** Every stretch from the first day to the last, cut off at both. */
export function pointsOf({ values, before, kind }: Series, from: string, to: string, interval: Interval): Point[] {
  const points: Point[] = [];
  let known = before;
  for (let day = from; day <= to; day = dayAfter(day, 1)) {
    const value = values.get(day);
    known = value ?? known;
    const last = points.at(-1);
    const isSame = last !== undefined && beginOf(interval, last.from) === beginOf(interval, day);
    const sum = (isSame && kind === "sum" ? (last.value ?? 0) : 0) + (value ?? 0);
    const isFilled = kind === "last" && value === undefined && (!isSame || last.filled);
    const point = { from: isSame ? last.from : day, to: day, value: kind === "sum" ? sum : known, filled: isFilled };
    if (isSame) points[points.length - 1] = point;
    else points.push(point);
  }
  return points;
}
