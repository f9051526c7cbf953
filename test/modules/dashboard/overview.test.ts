import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { systemContext } from "#db/context";
import { rollUpStats } from "#db/daily-stats";
import { newId } from "#lib/id";
import { rollUpOrganizations } from "#modules/dashboard";
import { rankRecommendations } from "#scans/rank";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import { derive } from "../findings/derived.ts";
import {
  accountRow,
  costOf,
  insertRows,
  makeWorld,
  quietOrg,
  resourceRow,
  rowsOf,
  type Row,
} from "../findings/world.ts";
import { endedScanRow } from "../scans/world.ts";

// All of it passes in one moment: no day ends meanwhile.
beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => void vi.useRealTimers());

const dayMs = 86_400_000;
const daysAgo = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();

const disabledRow = (org: TestOrg, id: string): Row => ({
  org_id: org.id,
  id,
  url: "https://hooks.example.com/secret-path",
  events: '["*"]',
  secret: "",
  status: "disabled",
  disabled_reason: "gone",
  version: 1,
  created_at: daysAgo(9),
  updated_at: daysAgo(2),
});

const overviewOf = async (org: TestOrg) =>
  (await api(org.keys.viewer).get<{ data: Record<string, unknown> }>("/dashboard/overview")).body.data;

describe("GET /dashboard/overview", () => {
  it("200: of an organization with nothing in it", async ({ expect }) => {
    expect(await overviewOf(await quietOrg())).toMatchObject({
      findings: {
        open: 0,
        bySeverity: { critical: 0, high: 0, medium: 0, low: 0 },
        last7Days: { opened: 0, resolved: 0 },
      },
      resources: 0,
      recommendations: [],
      recentScans: [],
      accounts: [],
      compliance: [],
      expiringSoon: { withinDays: 30, count: 0, more: false },
      disabledWebhooks: [],
      disabledChannels: [],
    });
  });

  it("200: what is counted, what happened, what to do first, and what needs looking after", async ({ expect }) => {
    const { org, accounts, findings } = await makeWorld(120, 60);
    await derive(org.id);
    const context = systemContext(env, { orgId: org.id, shard: 0 }, new Date(), () => {});
    await context.db.atomic(rollUpStats(context, null));
    await rankRecommendations(context);
    const open = findings.filter(({ status }) => status === "open");
    const happened = (days: number, opened: number, resolved: number): Row => ({
      org_id: org.id,
      account_id: "",
      day: daysAgo(days).slice(0, 10),
      opened_high: opened,
      resolved_low: resolved,
      updated_at: "",
    });
    await insertRows("daily_stats", [happened(3, 5, 1), happened(20, 7, 2), happened(40, 100, 100)]);
    await insertRows(
      "scans",
      Array.from({ length: 12 }, (_, n) => endedScanRow(org, accounts[0] ?? {}, n + 1)),
    );
    await env.DB.prepare(
      "UPDATE accounts SET last_scan_at = ?2, last_scan_state = 'complete' WHERE org_id = ?1 AND id = ?3",
    )
      .bind(org.id, daysAgo(1), accounts[0]?.id ?? "")
      .run();
    const soon = await Promise.all(
      [10, 20, 31].map((days, n) =>
        resourceRow(org.id, accounts[0] ?? {}, 900 + n, {
          resource_type: "AWS::SecretsManager::Secret",
          expires_at: daysAgo(-days),
        }),
      ),
    );
    await insertRows("resources", soon);
    const webhook = newId();
    await insertRows("webhooks", [disabledRow(org, webhook)]);
    await insertRows("daily_verdicts", [
      {
        org_id: org.id,
        account_id: "",
        day: daysAgo(1).slice(0, 10),
        checks: JSON.stringify({ s3_bucket_logging_off: { pass: 1, fail: 0, unknown: 0 } }),
        updated_at: daysAgo(1),
      },
    ]);
    const data = await overviewOf(org);
    const count = (severity: string): number => open.filter((row) => row["severity"] === severity).length;
    expect(data).toMatchObject({
      findings: {
        open: open.length,
        bySeverity: { critical: count("critical"), high: count("high"), medium: count("medium"), low: count("low") },
        last7Days: { opened: 5, resolved: 1 },
        last30Days: { opened: 12, resolved: 3 },
      },
      resources: 60,
      staleAccounts: 1,
      expiringSoon: { count: 2, more: false },
      disabledWebhooks: [{ id: webhook, host: "hooks.example.com", reason: "gone" }],
      disabledChannels: [],
    });
    expect(JSON.stringify(data)).not.toContain("secret-path");
    const trend = data["trend"] as { open: number | null; filled: boolean; opened: number }[];
    expect([trend.length, trend.at(-1)?.open, trend.at(-1)?.filled]).toEqual([30, open.length, false]);
    expect(trend.slice(0, -1).every(({ open, filled }) => open === null && filled)).toBe(true);
    expect((data["recentScans"] as unknown[]).length).toBe(10);
    expect((data["accounts"] as { stale: boolean }[]).map(({ stale }) => stale)).toEqual([false, true]);
    const top = data["recommendations"] as { priorityScore: number }[];
    expect(top.length).toBeGreaterThan(0);
    expect(top.map(({ priorityScore }) => priorityScore)).toEqual(
      top.map(({ priorityScore }) => priorityScore).toSorted((a, b) => b - a),
    );
    const scores = data["compliance"] as { id: string; score: number | null }[];
    expect(scores.find(({ id }) => id === "aws_fsbp")?.score).toBe(100);
  });

  it("200: disabled webhooks and channels of every kind, each where its own endpoint finds it, and since when", async ({
    expect,
  }) => {
    const org = await quietOrg();
    const [webhook, old] = [newId(), newId()];
    const disabledAt = daysAgo(5);
    await insertRows("webhooks", [
      { ...disabledRow(org, webhook), disabled_at: disabledAt },
      { ...disabledRow(org, old), disabled_at: null },
    ]);
    const inputs = [
      { kind: "slack", url: "https://hooks.slack.com/services/T0/B0/secret-path" },
      { kind: "teams", url: "https://prod-1.westeurope.logic.azure.com/workflows/secret-path" },
      { kind: "pagerduty", routingKey: "0123456789abcdef0123456789abcdef" },
      { kind: "email", recipients: ["a@example.com"] },
    ];
    const admin = api(org.keys.admin);
    const made = await Promise.all(
      inputs.map((input) =>
        admin.post<{ data: { id: string } }>("/channels", { ...input, name: input.kind, status: "disabled" }),
      ),
    );
    const { disabledWebhooks, disabledChannels } = await overviewOf(org);
    expect(disabledWebhooks).toEqual([
      { id: webhook, host: "hooks.example.com", reason: "gone", since: disabledAt },
      { id: old, host: "hooks.example.com", reason: "gone", since: expect.any(String) },
    ]);
    const channels = disabledChannels as { id: string; kind: string; name: string }[];
    expect(channels.map(({ id, kind, name }) => [id, kind, name]).toSorted()).toEqual(
      made.map(({ body }, n) => [body.data.id, inputs[n]?.kind, inputs[n]?.kind]).toSorted(),
    );
    for (const { id } of channels) expect((await admin.get(`/channels/${id}`)).status).toBe(200);
    for (const id of [webhook, old]) expect((await admin.get(`/webhooks/${id}`)).status).toBe(200);
  });

  it("reads no more than 60 rows beside days and accounts, in one round trip, whatever there is", async ({
    expect,
  }) => {
    const { org, accounts } = await makeWorld(400, 400);
    await derive(org.id);
    await insertRows(
      "accounts",
      Array.from({ length: 20 }, (_, n) => accountRow(org.id, String(300_000_000_000 + n))),
    );
    const days = Array.from({ length: 400 }, (_, n) => daysAgo(n).slice(0, 10));
    await insertRows(
      "daily_stats",
      ["", accounts[0]?.id ?? ""].flatMap((account) =>
        days.map((day) => ({
          org_id: org.id,
          account_id: account,
          day,
          open_low: 1,
          open_medium: 1,
          open_high: 1,
          open_critical: 1,
          updated_at: "",
        })),
      ),
    );
    await insertRows(
      "scans",
      Array.from({ length: 200 }, (_, n) => endedScanRow(org, accounts[0] ?? {}, n + 1)),
    );
    await costOf(org, "/whoami");
    const { rowsRead, roundTrips } = await costOf(org, "/dashboard/overview");
    expect(roundTrips).toBe(1);
    expect(rowsRead).toBeLessThanOrEqual(60 + 30 + 22);
  });
});

describe("the daily roll-up", () => {
  it("is written once a day for every organization in its turn, and a second time only what is different", async ({
    expect,
  }) => {
    const { org, accounts } = await makeWorld(60, 30);
    await derive(org.id);
    const turn = Number.parseInt(org.id.slice(-6), 16) % 144;
    const start = Date.UTC(2031, 0, 1);
    const shift = (turn - (Math.floor(start / 600_000) % 144) + 144) % 144;
    const now = new Date(start + shift * 600_000 + 60_000);
    await Promise.all([rollUpOrganizations(env, now, () => {}), rollUpOrganizations(env, now, () => {})]);
    const written = (await rowsOf("daily_stats", org.id)).filter(({ day }) => String(day).startsWith("2031"));
    expect(written.map(({ account_id }) => account_id).toSorted()).toEqual(
      ["", ...accounts.map(({ id }) => id)].toSorted(),
    );
    const context = systemContext(env, { orgId: org.id, shard: 0 }, new Date(now.getTime() + 60_000), () => {});
    await context.db.atomic(rollUpStats(context, null));
    expect(context.db.meter.rowsWritten).toBe(0);
    const other = new Date(now.getTime() + 600_000);
    await rollUpOrganizations(env, other, () => {});
    expect((await rowsOf("daily_stats", org.id)).filter(({ day }) => String(day).startsWith("2031")).length).toBe(3);
  });
});
