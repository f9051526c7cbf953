import { Cron } from "croner";
import * as fc from "fast-check";
import { describe, it, vi } from "vitest";
import { newId } from "#lib/id";
import { isOpen, shareOf, upcoming } from "../../../src/modules/schedules/timing.ts";
import { clock, textOf, walked } from "../../lib/local-time.ts";

const minuteMs = 60_000;

const weeks = (
  [
    ["Europe/Berlin", "2026-03-27T00:00Z"],
    ["Europe/Berlin", "2026-10-23T00:00Z"],
    ["America/New_York", "2026-10-30T00:00Z"],
    ["Australia/Lord_Howe", "2026-10-01T00:00Z"],
    ["America/Sao_Paulo", "2018-11-02T00:00Z"],
    ["UTC", "2028-02-26T00:00Z"],
  ] as const
).map(([timeZone, from]) => {
  const minutes = clock(timeZone, from, 6);
  return { timeZone, minutes, localAt: new Map(minutes.map(({ at, local }) => [at, local])) };
});

const time = fc
  .tuple(fc.oneof(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 3 })), fc.constantFrom(0, 15, 30, 59))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
const window = fc.record({ from: time, to: time }).filter(({ from, to }) => from !== to);
const list = (most: number) =>
  fc.oneof(
    fc.constant(null),
    fc
      .uniqueArray(fc.integer({ min: 0, max: most }), { minLength: 1, maxLength: 5 })
      .map((all) => all.toSorted((a, b) => a - b)),
  );

/** By the letters of a clock: `22:00` to `06:00`. */
function isWithin({ from, to }: { from: string; to: string }, local: number): boolean {
  const shown = new Date(local).toISOString().slice(11, 16);
  return from < to ? from <= shown && shown < to : from <= shown || shown < to;
}

describe("the runs of a schedule", () => {
  it("are the ticks within the window, each ten minutes and a tenth of its time later at most, and still within", ({
    expect,
  }) => {
    const given = fc.record({
      week: fc.constantFrom(...weeks),
      minute: list(59),
      hour: list(23),
      window: fc.oneof(fc.constant(null), window),
      share: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(given, ({ week: { timeZone, minutes, localAt }, minute, hour, window, share }) => {
        const fields = { minute, hour, day: null, month: null, weekday: null };
        const all = walked(fields, minutes);
        const isIn = (at: number): boolean => window === null || isWithin(window, localAt.get(at) ?? Number.NaN);
        // Where no time it names lies within the window, one that the clock leaps into it is none, either.
        const isEver = Array.from({ length: 1440 }, (_, n) => n).some(
          (n) =>
            (minute?.includes(n % 60) ?? true) &&
            (hour?.includes(Math.floor(n / 60)) ?? true) &&
            (window === null || isWithin(window, n * minuteMs)),
        );
        const timing = { cron: textOf(fields), timeZone, window };
        const [first, last] = [minutes[0]?.at ?? 0, minutes.at(-1)?.at ?? 0];
        const expected = all.filter((at) => isEver && isIn(at));
        const found = upcoming(timing, share, first - 11 * minuteMs, expected.length + 11).filter(
          ({ tick }) => tick >= first && tick <= last,
        );
        expect(found.map(({ tick }) => tick).join()).toBe(expected.join());
        const nextOf = new Map(all.map((at, n) => [at, all[n + 1] ?? Infinity]));
        for (const { tick, start } of found.filter((due) => due.start <= last)) {
          const next = nextOf.get(tick) ?? 0;
          const most = Math.min(10 * minuteMs, (next - tick) / 10);
          const isRight = start >= tick && start - tick <= most && isIn(start) && isOpen(timing, start);
          if (!isRight) expect({ tick, start, most }).toBe("a start within reach");
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are the same for ever for one schedule, and spread over the ten minutes for many", ({ expect }) => {
    const [org, id] = [newId(), newId()];
    const timing = { cron: "0 3 * * *", timeZone: "Europe/Berlin", window: null };
    const runs = () => upcoming(timing, shareOf(org, id), Date.parse("2026-01-01"), 5).map(({ start }) => start);
    expect(runs()).toEqual(runs());
    const minutesOf = (share: number) => {
      const [due] = upcoming(timing, share, Date.parse("2026-01-01"), 1);
      return ((due?.start ?? 0) - (due?.tick ?? 0)) / minuteMs;
    };
    const delays = Array.from({ length: 1_100 }, () => minutesOf(shareOf(newId(), newId())));
    const counts = Array.from({ length: 11 }, (_, minute) => delays.filter((delay) => delay === minute).length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_100);
    expect(Math.min(...counts)).toBeGreaterThan(50);
  });

  it.for([
    ["2026-06-01T00:00Z", { from: "23:58", to: "00:00" }],
    // Clocks go forward, and back, before the window opens.
    ["2026-03-28T23:30Z", { from: "23:58", to: "00:00" }],
    ["2026-10-24T22:30Z", { from: "23:58", to: "00:00" }],
    ["2026-03-28T23:30Z", { from: "23:58", to: "00:02" }],
    ["2026-10-24T22:30Z", { from: "02:10", to: "02:12" }],
  ] as const)(
    "from %s within %o cost some twenty ticks, not those of a day",
    ([after, window], { expect, onTestFinished }) => {
      const asked = vi.spyOn(Cron.prototype, "nextRun");
      onTestFinished(() => asked.mockRestore());
      const timing = { cron: "* * * * *", timeZone: "Europe/Berlin", window };
      expect(upcoming(timing, 0, Date.parse(after), 5)).toHaveLength(5);
      expect(asked.mock.calls.length).toBeGreaterThan(5);
      expect(asked.mock.calls.length).toBeLessThanOrEqual(25);
    },
  );

  it("of a schedule that is not there are none", ({ expect }) => {
    const never = { cron: "0 12 * * *", timeZone: "UTC", window: { from: "22:00", to: "06:00" } };
    expect(upcoming(never, 0, Date.parse("2026-01-01"), 5)).toEqual([]);
    expect(upcoming({ ...never, cron: "0 0 30 2 *", window: null }, 0, Date.parse("2026-01-01"), 5)).toEqual([]);
    expect(upcoming({ ...never, cron: "0 0 29 2 *" }, 0, Date.parse("2026-01-01"), 5)).toHaveLength(5);
  });
});
