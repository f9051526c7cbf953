import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { checks } from "#checks/registry";
import { systemContext, type OrgContext } from "#db/context";
import { withEffects } from "#db/finding-effects";
import { rankRecommendations } from "#scans/rank";
import { riskReductions } from "#scans/risk-reduction";
import { priorityOf } from "#scores/priority";
import { resourceRiskLog, riskLog } from "#scores/risk";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import {
  costOf,
  findingRow,
  getList,
  makeWorld,
  rowsOf,
  statusNames,
  walk,
  type Row,
  type World,
} from "../findings/world.ts";

const contextOf = ({ id }: TestOrg): OrgContext =>
  systemContext(env, { orgId: id, shard: 0 }, new Date("2026-06-01T00:00:00Z"), () => undefined);

const checkOf = (type: unknown) => {
  const check = checks.find(({ id }) => id === type);
  if (!check) throw new Error(`There is no check ${String(type)}`);
  return check;
};

/** Findings as a scan leaves them, weighed by their checks. */
async function findingsIn({ org, accounts }: World, count: number): Promise<(Row & { id: string })[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const row = await findingRow(org.id, accounts[(n % 97) % 2] ?? {}, n);
      const { domain, confidence } = checkOf(row["type"]);
      const exposure = (["internet", "internal", "idle"] as const)[n % 3] ?? "internal";
      const environment = n % 2 === 0 ? "production" : "development";
      const severity = row["severity"] as "low";
      const risk = domain === "cost" ? 0 : riskLog({ severity, exposure, environment, confidence });
      return { ...row, exposure, environment, risk_log: risk };
    }),
  );
}

/** Writes rows, and all that follows from them. */
async function write(context: OrgContext, rows: readonly (Row & { id: string })[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const insert = context.db.sql(
    `INSERT INTO findings (${columns.join(", ")})
     SELECT ${columns.map((column) => `r.value ->> '${column}'`).join(", ")} FROM json_each(?2) AS r WHERE r.value ->> 'org_id' = ?1`,
    context.id,
    JSON.stringify(rows),
  );
  const touched = { ids: rows.map(({ id }) => id), resourceIds: rows.map((row) => String(row["resource_id"])) };
  await context.db.atomic(withEffects(context, touched, [insert]));
}

const setStatus = (context: OrgContext, ids: readonly string[], status: string): Promise<unknown> =>
  context.db.atomic(
    withEffects(context, { ids }, [
      context.db.sql(
        `UPDATE findings SET status = ?3 WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2))`,
        context.id,
        JSON.stringify(ids),
        status,
      ),
    ]),
  );

const cents = (value: unknown): number => Math.round(100 * Number(value ?? 0));

/** What must be kept, worked out from the findings one by one. */
function expected(findings: readonly Row[]) {
  const open = findings.filter(({ status }) => status === "open");
  const counted = new Map<unknown, unknown>();
  for (const one of open.filter(({ savings_monthly }) => savings_monthly !== null)) {
    const best = open
      .filter(({ resource_id, savings_monthly }) => resource_id === one["resource_id"] && savings_monthly !== null)
      .toSorted(
        (a, b) =>
          Number(b["savings_monthly"]) - Number(a["savings_monthly"]) || (String(a["id"]) < String(b["id"]) ? -1 : 1),
      )[0];
    if (best?.["id"] === one["id"]) counted.set(one["id"], one["savings_monthly"]);
  }
  const groups = Map.groupBy(open, (row) => `${row["account_id"]} ${row["type"]}`);
  return [...groups]
    .map(([key, own]) => {
      const number = (is: (row: Row) => boolean): number => own.filter(is).length;
      const counts = {
        low: number(({ severity }) => severity === "low"),
        medium: number(({ severity }) => severity === "medium"),
        high: number(({ severity }) => severity === "high"),
        critical: number(({ severity }) => severity === "critical"),
      };
      const [exposed, production] = [
        number(({ exposure }) => exposure === "internet"),
        number(({ environment }) => environment === "production"),
      ];
      const savings = own.reduce((sum, row) => sum + cents(row["savings_monthly"]), 0);
      const check = checkOf(own[0]?.["type"]);
      const { priorityScore } = priorityOf({
        counts,
        exposed: exposed > 0,
        production: production > 0,
        savingsMonthly: savings / 100,
        ...check,
      });
      const savings_counted = own.reduce((sum, { id }) => sum + cents(counted.get(id)), 0);
      return { key, ...counts, exposed, production, savings, savings_counted, priority: priorityScore };
    })
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

async function kept({ id }: TestOrg) {
  const rows = await rowsOf("recommendations", id);
  return rows
    .filter(({ low, medium, high, critical }) => Number(low) + Number(medium) + Number(high) + Number(critical) > 0)
    .map((row) => {
      const { low, medium, high, critical, exposed, production, savings, savings_counted, priority } = row;
      const counts = { low, medium, high, critical, exposed, production, savings, savings_counted };
      return { key: `${row["account_id"]} ${row["type"]}`, ...counts, priority };
    })
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

let world: World;
let findings: (Row & { id: string })[];
beforeAll(async () => {
  world = await makeWorld(0, 97);
  findings = await findingsIn(world, 400);
  const context = contextOf(world.org);
  await write(context, findings);
  await rankRecommendations(context);
});

describe("what follows from findings", () => {
  it("stays equal to counting them, after any sequence of decisions", async () => {
    const { org } = world;
    const context = contextOf(org);
    expect(await kept(org)).toEqual(expected(await rowsOf("findings", org.id)));
    const step = fc.record({
      picks: fc.array(fc.nat(399), { minLength: 1, maxLength: 60 }),
      status: fc.constantFrom(...statusNames),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        for (const { picks, status } of steps) {
          const ids = [...new Set(picks.map((n) => findings[n]?.id ?? ""))];
          await setStatus(context, ids, status);
        }
        await rankRecommendations(context);
        const now = await rowsOf("findings", org.id);
        expect(await kept(org)).toEqual(expected(now));
        const open = now.filter(({ status, savings_monthly }) => status === "open" && savings_monthly !== null);
        const saving = (await rowsOf("counters", org.id)).find(
          (row) => row["subject"] === "saving" && row["dimension"] === "all",
        );
        const counted = open.reduce((sum, row) => sum + cents(row["savings_counted"]), 0);
        expect([saving?.["total"] ?? 0, saving?.["open"] ?? 0]).toEqual([open.length, counted]);
        for (const resource of await rowsOf("resources", org.id)) {
          const own = now.filter((row) => row["resource_id"] === resource["id"]);
          const risky = own.filter(({ status }) => status === "open" || status === "snoozed");
          const sum = resourceRiskLog(
            risky.map((row) => ({ severity: row["severity"] as "low", riskLog: Number(row["risk_log"]) })),
          );
          expect(Number(resource["risk_log"])).toBeCloseTo(sum, 9);
          const savings = own.filter(({ status }) => status === "open").map((row) => row["savings_monthly"] ?? null);
          const most = savings.filter((one) => one !== null).map(Number);
          expect(resource["savings_monthly"]).toBe(most.length > 0 ? Math.max(...most) : null);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("ranks nothing anew that has not changed", async () => {
    const context = contextOf(world.org);
    await rankRecommendations(context);
    expect(context.db.meter.rowsWritten).toBe(0);
  });

  it("counts a risk reduction as the account's risk without the check", () => {
    const row = (resourceId: string, type: string, log: number, status = "open") =>
      ({ resourceId, type, severity: "high", status, riskLog: log }) as const;
    const log = -Math.log(0.7);
    expect(riskReductions([row("a", "x", log)])).toEqual({ x: 15 });
    expect(riskReductions([row("a", "x", log), row("b", "y", log)])).toEqual({ x: 12.8, y: 12.8 });
    expect(riskReductions([row("a", "x", log, "snoozed")])).toEqual({});
  });
});

describe("GET /recommendations", () => {
  it("200: what to do first at the top, one for each account and check, with its parts", async () => {
    const { org } = world;
    const { body } = await getList(org, "/recommendations?limit=100");
    const scores = body.data.map(({ priorityScore }) => Number(priorityScore));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(body.data).toHaveLength((await kept(org)).length);
    for (const one of body.data) {
      const { value, effortFactor, confidenceFactor } = one["score"] as Record<string, number>;
      const product = Number(value) * Number(effortFactor) * Number(confidenceFactor);
      expect(Math.abs(product - Number(one["priorityScore"]))).toBeLessThan(0.11);
      expect(one["recommendation"]).not.toBe("");
    }
  });

  it("200: filters, sorts and pages without missing any, reading about what it answers", async () => {
    const { org, accounts } = world;
    const all = (await getList(org, "/recommendations?limit=100")).body.data;
    const { forward, backward } = await walk(org, "/recommendations?limit=3");
    expect(forward).toEqual(all.map(({ id }) => id));
    expect(backward).toEqual(forward);
    const cost = await getList(org, "/recommendations?category=cost");
    expect(cost.body.data.every(({ category }) => category === "cost")).toBe(true);
    const own = await getList(org, `/recommendations?accountId=${accounts[0]?.id}`);
    expect(own.body.data.map(({ id }) => id)).toEqual(
      all.filter(({ accountId }) => accountId === accounts[0]?.id).map(({ id }) => id),
    );
    const limit = 3;
    for (const filter of ["", "&category=cost", `&accountId=${accounts[0]?.id}`, "&type=orphaned_volume"]) {
      const { rowsRead, roundTrips } = await costOf(org, `/recommendations?limit=${limit}${filter}`);
      expect(rowsRead, filter).toBeLessThanOrEqual(limit + 5);
      expect(roundTrips, filter).toBe(1);
    }
    expect((await getList(org, "/recommendations?type=nonsense")).status).toBe(400);
  });
});

describe("GET and PATCH /recommendations/{id}", () => {
  const oneOf = async (org: TestOrg): Promise<string> =>
    (await getList(org, "/recommendations?limit=1")).body.data[0]?.id ?? "";

  it("200: with the worst of its findings", async () => {
    const { org } = world;
    const { body } = await api(org.keys.viewer).get<{ data: Record<string, unknown> }>(
      `/recommendations/${await oneOf(org)}`,
    );
    const ranks = (body.data["worstFindings"] as { severity: string; type: string }[]).map(({ severity }) => severity);
    expect(ranks.length).toBeGreaterThan(0);
    const order = ["critical", "high", "medium", "low"];
    expect(ranks).toEqual(ranks.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  });

  it("200: dismissed with a reason, it leaves the list and stays dismissed", async () => {
    const { org } = world;
    const id = await oneOf(org);
    const patch = (body: object, headers: Record<string, string> = {}) =>
      api(org.keys.analyst).patch<{ data: Record<string, unknown> }>(`/recommendations/${id}`, body, headers);
    expect((await patch({ status: "dismissed" })).status).toBe(400);
    const dismissed = await patch({ status: "dismissed", reason: "Ends in May." });
    expect(dismissed.body.data).toMatchObject({ status: "dismissed", reason: "Ends in May.", version: 2 });
    expect((await getList(org, "/recommendations?limit=100")).body.data.map((one) => one.id)).not.toContain(id);
    expect((await patch({ status: "open" }, { "If-Match": '"1"' })).status).toBe(412);
    expect((await patch({ status: "open" }, { "If-Match": '"2"' })).body.data).toMatchObject({
      status: "open",
      reason: null,
    });
  });

  it("403: a viewer decides nothing; 404: another organization's", async () => {
    const { org } = world;
    const id = await oneOf(org);
    expect((await api(org.keys.viewer).patch(`/recommendations/${id}`, { status: "accepted" })).status).toBe(403);
    const stranger = await makeWorld(0, 0);
    expect((await api(stranger.org.keys.admin).get(`/recommendations/${id}`)).status).toBe(404);
    expect((await api(stranger.org.keys.admin).patch(`/recommendations/${id}`, { status: "accepted" })).status).toBe(
      404,
    );
  });
});
