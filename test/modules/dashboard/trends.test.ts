import * as fc from "fast-check";
import { describe, it } from "vitest";
import { pointsOf } from "../../../src/modules/dashboard/days.ts";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import { accountRow, costOf, insertRows, quietOrg, type Row } from "../findings/world.ts";

const dayMs = 86_400_000;
const dayOf = (number: number): string => new Date(Date.UTC(2024, 0, 1) + number * dayMs).toISOString().slice(0, 10);

interface Point {
  readonly from: string;
  readonly to: string;
  readonly value: number | null;
  readonly filled: boolean;
}
interface Body {
  readonly data: { readonly from: string; readonly to: string; readonly points: readonly Point[] };
  readonly detail: string;
}

const statRow = (org: TestOrg, accountId: string, day: string, more: Row = {}): Row => ({
  org_id: org.id,
  account_id: accountId,
  day,
  open_low: 1,
  open_medium: 2,
  open_high: 3,
  open_critical: 4,
  resources: 50,
  savings: 1_234,
  spend: 99.5,
  opened_low: 1,
  opened_medium: 0,
  opened_high: 0,
  opened_critical: 2,
  resolved_low: 0,
  resolved_medium: 1,
  resolved_high: 0,
  resolved_critical: 0,
  updated_at: "",
  ...more,
});

const ask = async (org: TestOrg, query: string) => api(org.keys.viewer).get<Body>(`/dashboard/trends?${query}`);
const valuesOf = async (org: TestOrg, query: string) =>
  (await ask(org, query)).body.data.points.map(({ value }) => value);

describe("the points of a trend", () => {
  it("cover every day once, in whole weeks and months but for the ends, filled from before or added up", ({
    expect,
  }) => {
    const given = fc.record({
      values: fc.dictionary(fc.integer({ min: 0, max: 199 }).map(String), fc.integer({ min: 0, max: 9 })),
      before: fc.option(fc.integer({ min: 0, max: 9 })),
      from: fc.integer({ min: 0, max: 99 }),
      days: fc.integer({ min: 1, max: 100 }),
      interval: fc.constantFrom("day" as const, "week" as const, "month" as const),
      kind: fc.constantFrom("sum" as const, "last" as const),
    });
    fc.assert(
      fc.property(given, ({ values, before, from, days, interval, kind }) => {
        const byDay = new Map(Object.entries(values).map(([number, value]) => [dayOf(Number(number)), value]));
        const all = Array.from({ length: days }, (_, n) => dayOf(from + n));
        const within = new Map([...byDay].filter(([day]) => all.includes(day)));
        const points = pointsOf({ values: within, before, kind }, all[0] ?? "", all.at(-1) ?? "", interval);
        const nameOf = (day: string): string => {
          if (interval !== "week") return interval === "day" ? day : day.slice(0, 7);
          return String(Math.floor((Date.parse(day) / dayMs + 3) / 7));
        };
        const stretches = [...Map.groupBy(all, nameOf).values()];
        expect(points).toEqual(
          stretches.map((stretch) => {
            const last = stretch.at(-1) ?? "";
            const known = all.filter((day) => day <= last).flatMap((day) => within.get(day) ?? []);
            const own = stretch.flatMap((day) => within.get(day) ?? []);
            return {
              from: stretch[0],
              to: last,
              value: kind === "sum" ? own.reduce((sum, value) => sum + value, 0) : (known.at(-1) ?? before),
              filled: kind === "last" && own.length === 0,
            };
          }),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe("GET /dashboard/trends", () => {
  it("200: each metric, of the organization or an account, by severity", async ({ expect }) => {
    const org = await quietOrg();
    const account = accountRow(org.id, "111111111111");
    await insertRows("accounts", [account]);
    await insertRows("daily_stats", [
      statRow(org, "", "2026-01-01", { open_low: 7 }),
      statRow(org, "", "2026-01-03"),
      statRow(org, "", "2026-01-04", {
        open_low: null,
        open_medium: null,
        open_high: null,
        open_critical: null,
        resources: null,
        savings: null,
        spend: null,
      }),
      statRow(org, account.id, "2026-01-03", { resources: 20 }),
    ]);
    const stretch = "from=2026-01-02&to=2026-01-05";
    const open = await ask(org, `metric=open_findings&${stretch}`);
    expect(open.body.data.points).toEqual([
      { from: "2026-01-02", to: "2026-01-02", value: 16, filled: true },
      { from: "2026-01-03", to: "2026-01-03", value: 10, filled: false },
      { from: "2026-01-04", to: "2026-01-04", value: 10, filled: true },
      { from: "2026-01-05", to: "2026-01-05", value: 10, filled: true },
    ]);
    expect(await valuesOf(org, `metric=open_findings&severity=critical,low&${stretch}`)).toEqual([11, 5, 5, 5]);
    expect(await valuesOf(org, `metric=opened&${stretch}`)).toEqual([0, 3, 3, 0]);
    expect(await valuesOf(org, `metric=opened&severity=critical&interval=month&${stretch}`)).toEqual([4]);
    expect(await valuesOf(org, `metric=resolved&interval=week&${stretch}`)).toEqual([2, 0]);
    expect(await valuesOf(org, `metric=savings&interval=month&${stretch}`)).toEqual([12.34]);
    expect(await valuesOf(org, `metric=spend&interval=month&${stretch}`)).toEqual([99.5]);
    expect(await valuesOf(org, `metric=resources&accountId=111111111111&${stretch}`)).toEqual([null, 20, 20, 20]);
    expect(await valuesOf(org, `metric=resources&accountId=${account.id}&${stretch}`)).toEqual([null, 20, 20, 20]);
  });

  it("200: the score of a framework, from what the checks said that day", async ({ expect }) => {
    const org = await quietOrg();
    const checks = (fail: number) => JSON.stringify({ s3_bucket_logging_off: { pass: 10 - fail, fail, unknown: 0 } });
    const row = (day: string, fail: number): Row => ({
      org_id: org.id,
      account_id: "",
      day,
      checks: checks(fail),
      updated_at: day,
    });
    await insertRows("daily_verdicts", [row("2026-01-01", 10), row("2026-01-03", 0)]);
    const [first, second, third] = await valuesOf(org, "metric=score&from=2026-01-01&to=2026-01-03");
    expect([second, third]).toEqual([first, 100]);
    expect(first).toBeLessThan(100);
    expect((await ask(org, "metric=score&framework=nothing")).status).toBe(400);
  });

  it.for([
    ["metric=happiness", /metric/],
    ["metric=resources&severity=high", /severity: goes with open_findings, opened, resolved, not with resources/],
    ["metric=opened&framework=soc2", /framework: goes with score, not with opened/],
    ["metric=opened&from=2020-01-01&to=2026-01-01", /1100 days at most/],
    ["metric=opened&from=2026-02-01&to=2026-01-01", /comes before/],
    ["metric=opened&from=2999-01-01", /before tomorrow/],
    ["metric=opened&from=yesterday", /from/],
  ] as const)("400: %s", async ([query, message], { expect }) => {
    const { status, body } = await ask(await quietOrg(), query);
    expect([status, body.detail]).toEqual([400, expect.stringMatching(message)]);
  });

  it("404: an account that is not there, or another organization's", async ({ expect }) => {
    const [org, other] = [await quietOrg(), await quietOrg()];
    await insertRows("accounts", [accountRow(other.id, "111111111111")]);
    expect((await ask(org, "metric=opened&accountId=111111111111")).status).toBe(404);
  });

  it("reads one row for each day asked, and two others", async ({ expect }) => {
    const org = await quietOrg();
    const account = accountRow(org.id, "111111111111");
    await insertRows("accounts", [account]);
    const days = Array.from({ length: 800 }, (_, n) => dayOf(n));
    await insertRows(
      "daily_stats",
      days.flatMap((day) => [statRow(org, "", day), statRow(org, account.id, day)]),
    );
    const stretch = `from=${dayOf(300)}&to=${dayOf(399)}`;
    await costOf(org, "/whoami");
    expect(await costOf(org, `/dashboard/trends?metric=opened&${stretch}`)).toEqual({ rowsRead: 102, roundTrips: 1 });
    const own = await costOf(org, `/dashboard/trends?metric=opened&accountId=${account.id}&${stretch}`);
    expect(own.rowsRead).toBeLessThanOrEqual(106);
  });
});
