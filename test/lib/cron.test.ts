import * as fc from "fast-check";
import { describe, it, vi } from "vitest";
import { CronError, parseCron, ticksAfter } from "#lib/cron";
import { zoneOf, type Zone } from "#lib/zone";
import { clock, textOf, walked, type Fields } from "./local-time.ts";

const zone = (name: string): Zone => {
  const found = zoneOf(name);
  if (!found) throw new Error(`No zone ${name}`);
  return found;
};

const ticks = (cron: string, timeZone: string, from: string, count: number): string[] =>
  [...ticksAfter(parseCron(cron), zone(timeZone), Date.parse(from)).take(count)].map(({ at }) =>
    new Date(at).toISOString().slice(0, 16),
  );

/** A week with something in it, and the clock in it. */
const weeks = (
  [
    ["Europe/Berlin", "2026-03-27T00:00Z"],
    ["Europe/Berlin", "2026-10-23T00:00Z"],
    ["Europe/Berlin", "2026-12-29T00:00Z"],
    ["America/New_York", "2026-03-06T00:00Z"],
    ["America/New_York", "2026-10-30T00:00Z"],
    ["Australia/Lord_Howe", "2026-04-02T00:00Z"],
    ["Australia/Lord_Howe", "2026-10-01T00:00Z"],
    ["America/Sao_Paulo", "2018-11-02T00:00Z"],
    ["America/Sao_Paulo", "2019-02-15T00:00Z"],
    ["America/Sao_Paulo", "2026-03-01T00:00Z"],
    ["America/Havana", "2026-10-30T00:00Z"],
    ["Asia/Kolkata", "2026-02-26T00:00Z"],
    ["Pacific/Apia", "2011-12-28T00:00Z"],
    ["Pacific/Apia", "2021-04-02T00:00Z"],
    ["Africa/Casablanca", "2026-02-13T00:00Z"],
    ["Antarctica/Troll", "2026-03-27T00:00Z"],
    ["UTC", "2028-02-26T00:00Z"],
    ["UTC", "2099-12-29T00:00Z"],
  ] as const
).map(([timeZone, from]) => ({ timeZone, minutes: clock(timeZone, from, 6) }));

/** The same from two hours before the clock changes on, where it does. */
const changes = weeks.flatMap(({ timeZone, minutes }) => {
  const offsets = minutes.map(({ at, local }) => local - at);
  const change = offsets.findIndex((offset, n) => n > 0 && offset !== offsets[n - 1]);
  return change < 0 ? [] : [{ timeZone, minutes: minutes.slice(change - 120) }];
});
const walks = [...weeks, ...changes];
/** Of an expression that ticks each minute, the first hours: it is asked for each tick. */
const most = 300;

const some = (least: number, most: number) =>
  fc.oneof(
    fc.constant(null),
    fc
      .uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 4 })
      .map((values) => values.toSorted((a, b) => a - b)),
  );
const rarely = (values: ReturnType<typeof some>) => fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, values);
const fields: fc.Arbitrary<Fields> = fc.record({
  minute: some(0, 59),
  // Where clocks change, more often than not.
  hour: fc.oneof(some(0, 23), some(0, 3)),
  day: rarely(some(1, 31)),
  month: rarely(some(1, 12)),
  weekday: rarely(some(0, 6)),
});

describe("the ticks of a cron expression", () => {
  it("are those a walk along the clock finds, minute by minute, whatever the clock does", async ({ expect }) => {
    fc.assert(
      fc.property(fields, fc.constantFrom(...walks), (given, { timeZone, minutes }) => {
        const [first, last] = [minutes[0]?.at ?? 0, minutes.at(-1)?.at ?? 0];
        const found: string[] = [];
        for (const { at, local } of ticksAfter(parseCron(textOf(given)), zone(timeZone), first - 1).take(most)) {
          if (at > last) break;
          found.push(`${at} ${local}`);
        }
        const expected = walked(given, minutes).map((at) => `${at} ${minutes[(at - first) / 60_000]?.local}`);
        expect(found.join("\n")).toBe(expected.slice(0, most).join("\n"));
      }),
      { numRuns: 100 },
    );
  });

  it("a listed time that is leapt over runs when the clock has leapt; one that comes twice runs the first time", ({
    expect,
  }) => {
    expect(ticks("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", 2)).toEqual([
      "2026-03-29T01:00",
      "2026-03-30T00:30",
    ]);
    expect(ticks("0,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", 2)).toEqual([
      "2026-03-29T01:00",
      "2026-03-30T00:00",
    ]);
    expect(ticks("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", 2)).toEqual([
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
    expect(ticks("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00Z", 1)).toEqual(["2026-10-03T15:30"]);
    expect(ticks("0 12 * * *", "Pacific/Apia", "2011-12-29T00:00Z", 2)).toEqual([
      "2011-12-29T22:00",
      "2011-12-30T22:00",
    ]);
  });

  it("an interval leaves out what is leapt over, and runs in both of two equal hours", ({ expect }) => {
    expect(ticks("*/30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", 1)).toEqual(["2026-03-30T00:00"]);
    expect(ticks("0 * * * *", "Europe/Berlin", "2026-10-24T23:30Z", 3)).toEqual([
      "2026-10-25T00:00",
      "2026-10-25T01:00",
      "2026-10-25T02:00",
    ]);
  });

  it("come on 29 February however far it is, and never on the 30th", ({ expect }) => {
    expect(ticks("0 0 29 2 *", "UTC", "2096-03-01T00:00Z", 1)).toEqual(["2104-02-29T00:00"]);
    expect(ticks("0 0 30 2 *", "UTC", "2026-01-01T00:00Z", 1)).toEqual([]);
  });

  it("of an alias are those it stands for", ({ expect }) => {
    expect(ticks("@daily", "UTC", "2026-12-31T12:00Z", 1)).toEqual(["2027-01-01T00:00"]);
    expect(ticks("@Weekly", "UTC", "2026-12-31T12:00Z", 1)).toEqual(["2027-01-03T00:00"]);
  });
});

describe("what is no cron expression", () => {
  it.for([
    ["* * * * * *", /Five fields are expected .*not 6\. There is no field for seconds/],
    ["* * * *", /not 4\.$/],
    ["@reboot", /"@reboot" cannot be read/],
    ["61 * * * *", /Invalid value for minute: 61\. Each of minute, hour/],
    ["* 24 * * *", /Invalid value for hour: 24/],
    ["0 0 0 * *", /day/],
    ["0 0 * 13 *", /Invalid value for month/],
    ["0 0 * * 8", /dayOfWeek/],
    ["0 22-6 * * *", /22-6/],
    ["5/5 * * * *", /5\/5/],
    ["*/0 * * * *", /illegal stepping/],
    ["1, * * * *", /cannot be read/],
    ["0 0 L * *", /L, W, #, \? and \+ are not understood/],
  ] as const)("%s: says why", ([text, message], { expect }) => {
    expect(() => parseCron(text)).toThrow(CronError);
    expect(() => parseCron(text)).toThrow(message);
  });

  it("nor is an offset, or a place that is not there, a time zone", ({ expect }) => {
    expect([zoneOf("+01:00"), zoneOf("Europe/Nowhere"), zoneOf("")]).toEqual([null, null, null]);
  });
});

describe("a time zone", () => {
  it("costs memory once however it is spelled", ({ expect, onTestFinished }) => {
    ticks("0 0 * * *", "Europe/Berlin", "2026-01-01T00:00Z", 1);
    const made = vi.spyOn(Intl, "DateTimeFormat");
    onTestFinished(() => made.mockRestore());
    for (let bits = 0; bits < 64; bits += 1) {
      const letters = Array.from("europe", (letter, n) => ((bits >> n) & 1 ? letter.toUpperCase() : letter));
      expect(ticks("0 0 * * *", `${letters.join("")}/berlin`, "2026-07-01T00:00Z", 1)).toEqual(["2026-07-01T22:00"]);
    }
    expect(made).not.toHaveBeenCalled();
  });

  it("is one with its aliases", ({ expect }) => {
    expect(zone("etc/utc")).toBe(zone("Zulu"));
  });

  it("is not one that only looks like it", ({ expect }) => {
    expect([zoneOf("Asia/Tokyo")?.name, zoneOf("Asia/To\u212Ayo")]).toEqual(["Asia/Tokyo", null]);
  });
});
