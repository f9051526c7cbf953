import * as fc from "fast-check";
import { describe, it } from "vitest";
import { isQuiet, tellableAt } from "#alerts/quiet";
import type { QuietHours } from "#db/values";

const minuteMs = 60_000;
const zones = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "UTC",
  "America/Sao_Paulo",
  "Pacific/Chatham",
];

const timeOfDay = fc
  .integer({ min: 0, max: 1_439 })
  .map((minutes) => new Date(minutes * minuteMs).toISOString().slice(11, 16));
const quietHours = fc
  .record({ from: timeOfDay, to: timeOfDay, timeZone: fc.constantFrom(...zones), exceptCritical: fc.boolean() })
  .filter(({ from, to }) => from !== to);

/** Half of them near a day on which clocks are put forward or back somewhere. */
const changes = [
  "2026-03-29T01:00:00Z",
  "2026-10-25T01:00:00Z",
  "2026-03-08T07:00:00Z",
  "2026-11-01T06:00:00Z",
  "2026-04-04T15:00:00Z",
  "2026-10-03T15:30:00Z",
];
const moment = fc.oneof(
  fc.date({ min: new Date("2026-01-01"), max: new Date("2027-12-31"), noInvalidDate: true }),
  fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * 86_400, max: 86_400 }))
    .map(([at, seconds]) => new Date(Date.parse(at) + seconds * 1_000)),
);

const night: QuietHours = { from: "22:00", to: "07:00", timeZone: "Europe/Berlin", exceptCritical: true };

describe("quiet hours", () => {
  it("end at the first minute that is not quiet, whatever the clocks do", ({ expect }) => {
    fc.assert(
      fc.property(quietHours, moment, (quiet, now) => {
        const at = tellableAt(quiet, now, false);
        if (!isQuiet(quiet, now)) {
          expect(at).toEqual(now);
          return;
        }
        expect(at.getTime()).toBeGreaterThan(now.getTime());
        expect(isQuiet(quiet, at)).toBe(false);
        for (let ms = Math.ceil(now.getTime() / minuteMs) * minuteMs; ms < at.getTime(); ms += minuteMs)
          if (!isQuiet(quiet, new Date(ms))) throw new Error(`${new Date(ms).toISOString()} is not quiet`);
      }),
      { numRuns: 300 },
    );
  });

  it("last from evening to morning, of the wall's own time", ({ expect }) => {
    const end = (now: string): string => tellableAt(night, new Date(now), false).toISOString();
    expect(end("2026-11-23T21:30:00Z")).toBe("2026-11-24T06:00:00.000Z");
    expect(end("2026-07-23T21:30:00Z")).toBe("2026-07-24T05:00:00.000Z");
    expect(end("2026-07-23T12:00:00Z")).toBe("2026-07-23T12:00:00.000Z");
    // The clocks are put forward in this night, and back in that one.
    expect(end("2026-03-28T22:30:00Z")).toBe("2026-03-29T05:00:00.000Z");
    expect(end("2026-10-24T21:30:00Z")).toBe("2026-10-25T06:00:00.000Z");
  });

  it("end where they would have ended when their end is left out by the clocks", ({ expect }) => {
    const quiet = { ...night, to: "02:30" };
    expect(tellableAt(quiet, new Date("2026-03-28T23:00:00Z"), false).toISOString()).toBe("2026-03-29T01:00:00.000Z");
  });

  it("do not hold what is critical, unless they are told to", ({ expect }) => {
    const now = new Date("2026-11-23T23:00:00Z");
    expect(tellableAt(night, now, true)).toEqual(now);
    expect(tellableAt({ ...night, exceptCritical: false }, now, true)).not.toEqual(now);
    expect(tellableAt(null, now, false)).toEqual(now);
  });
});
