import fc from "fast-check";
import { describe, it } from "vitest";
import { nextLocalTime } from "#lib/local-time";
import { isTimeZone } from "#lib/zone";

const next = (every: "hour" | "day", at: string, timeZone: string, after: string): string =>
  nextLocalTime({ every, at, timeZone }, new Date(after)).toISOString();

describe("the next local time", () => {
  it.each([
    ["an ordinary day", "day", "09:00", "Europe/Berlin", "2026-03-13T07:00:00Z", "2026-03-13T08:00:00.000Z"],
    [
      "at that very moment, the day after",
      "day",
      "09:00",
      "Europe/Berlin",
      "2026-03-13T08:00:00Z",
      "2026-03-14T08:00:00.000Z",
    ],
    [
      "over the change to summer time",
      "day",
      "09:00",
      "Europe/Berlin",
      "2026-03-28T08:00:00Z",
      "2026-03-29T07:00:00.000Z",
    ],
    [
      "a time that does not exist that day",
      "day",
      "02:30",
      "Europe/Berlin",
      "2026-03-28T12:00:00Z",
      "2026-03-29T01:30:00.000Z",
    ],
    [
      "a time that comes twice: the first",
      "day",
      "02:30",
      "Europe/Berlin",
      "2026-10-24T12:00:00Z",
      "2026-10-25T00:30:00.000Z",
    ],
    ["and not the second", "day", "02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00.000Z"],
    [
      "a midnight that does not exist",
      "day",
      "00:00",
      "America/Sao_Paulo",
      "2018-11-03T12:00:00Z",
      "2018-11-04T03:00:00.000Z",
    ],
    ["quarters of an hour", "hour", "00:15", "Asia/Kathmandu", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00.000Z"],
    [
      "a change by half an hour",
      "hour",
      "00:00",
      "Australia/Lord_Howe",
      "2026-10-03T15:10:00Z",
      "2026-10-03T16:00:00.000Z",
    ],
    [
      "the other side of the date line",
      "day",
      "08:00",
      "Pacific/Kiritimati",
      "2026-03-13T17:59:59Z",
      "2026-03-13T18:00:00.000Z",
    ],
  ] as const)("%s", (_, every, at, timeZone, after, expected) => {
    const found = next(every, at, timeZone, after);
    if (found !== expected) throw new Error(found);
  });

  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Chatham",
  ];
  const times = fc.record({
    every: fc.constantFrom("hour" as const, "day" as const),
    at: fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":")),
    timeZone: fc.constantFrom(...zones),
  });
  const moments = fc.date({ min: new Date("2020-01-01"), max: new Date("2035-01-01"), noInvalidDate: true });

  it("lies ahead, by a period and a change of clocks at most, and is the same until it has come", ({ expect }) => {
    fc.assert(
      fc.property(times, moments, fc.double({ min: 0, max: 0.999, noNaN: true }), (local, after, share) => {
        const found = nextLocalTime(local, after).getTime();
        const ahead = found - after.getTime();
        expect(ahead).toBeGreaterThan(0);
        expect(ahead).toBeLessThanOrEqual(
          (local.every === "hour" ? 1.5 : 25) * 3_600_000 + (local.every === "hour" ? 0 : 3_600_000),
        );
        const between = new Date(after.getTime() + Math.floor(ahead * share));
        expect(nextLocalTime(local, between).getTime()).toBe(found);
      }),
    );
  });

  it("comes once each local day", ({ expect }) => {
    fc.assert(
      fc.property(times, moments, (local, after) => {
        const day = new Intl.DateTimeFormat("en-CA", { timeZone: local.timeZone });
        let moment = after;
        const days: string[] = [];
        for (let count = 0; count < 5; count += 1) {
          moment = nextLocalTime({ ...local, every: "day" }, moment);
          days.push(day.format(moment));
        }
        expect(new Set(days).size).toBe(5);
      }),
    );
  });

  it("knows IANA's names only", ({ expect }) => {
    expect(["UTC", "Europe/Berlin"].map(isTimeZone)).toEqual([true, true]);
    expect(["", "+02:00", "Mars/Olympus", "Europe/Berlin\n"].map(isTimeZone)).toEqual([false, false, false, false]);
  });
});
