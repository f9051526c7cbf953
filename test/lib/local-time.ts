/** A UTC minute and what a clock in a zone shows then, as if the zone were UTC. */
export interface ClockMinute {
  readonly at: number;
  readonly local: number;
}

const minuteMs = 60_000;

/** A zone's clock, minute by minute: read off `Intl`, and nothing worked out. */
export function clock(timeZone: string, from: string, days: number): ClockMinute[] {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return Array.from({ length: days * 1440 }, (_, minute) => {
    const at = Date.parse(from) + minute * minuteMs;
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
    return { at, local: Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute")) };
  });
}

/** Values of each field; null: `*`. */
export interface Fields {
  readonly minute: readonly number[] | null;
  readonly hour: readonly number[] | null;
  readonly day: readonly number[] | null;
  readonly month: readonly number[] | null;
  readonly weekday: readonly number[] | null;
}

export const textOf = ({ minute, hour, day, month, weekday }: Fields): string =>
  [minute, hour, day, month, weekday].map((values) => values?.join(",") ?? "*").join(" ");

function isMatch({ minute, hour, day, month, weekday }: Fields, local: number): boolean {
  const date = new Date(local);
  const within = (values: readonly number[] | null, value: number): boolean =>
    values === null || values.includes(value);
  const isDay =
    day !== null && weekday !== null
      ? day.includes(date.getUTCDate()) || weekday.includes(date.getUTCDay())
      : within(day, date.getUTCDate()) && within(weekday, date.getUTCDay());
  return (
    isDay &&
    within(minute, date.getUTCMinutes()) &&
    within(hour, date.getUTCHours()) &&
    within(month, date.getUTCMonth() + 1)
  );
}

/** When a schedule ticks, found by walking the clock; its first minute is where the walk begins. */
export function walked(fields: Fields, minutes: readonly ClockMinute[]): number[] {
  const isListed = fields.minute !== null && fields.hour !== null;
  const seen = new Set<number>();
  const ticks = new Set<number>();
  let before = (minutes[0]?.local ?? 0) - minuteMs;
  for (const { at, local } of minutes) {
    if (isMatch(fields, local) && !(isListed && seen.has(local))) ticks.add(at);
    seen.add(local);
    for (let leapt = before + minuteMs; leapt < local; leapt += minuteMs) {
      const isSameDay = Math.floor(leapt / 86_400_000) === Math.floor(local / 86_400_000);
      if (isListed && isSameDay && isMatch(fields, leapt)) ticks.add(at);
    }
    before = local;
  }
  return [...ticks];
}
