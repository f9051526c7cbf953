import { env } from "cloudflare:workers";
import { v7 } from "uuid";
import { describe, it } from "vitest";
import { systemContext } from "#db/context";
import { pruneOrganization, pruneOrganizations } from "#db/retention";
import { makeOrg } from "../support/org.ts";

const now = new Date("2026-11-21T08:03:00Z");
const days = { attempts: 30, versions: 10, audit: 20 };

const daysAgo = (age: number): string => new Date(now.getTime() - age * 86_400_000).toISOString();

async function seed(orgId: string, age: number): Promise<void> {
  const at = daysAgo(age);
  const id = `00000000-0000-8000-8000-${String(age).padStart(12, "0")}`;
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO idempotency_keys (org_id, id, fingerprint, reserved_id, claimed_at, expires_at) VALUES (?1, ?2, 'f', 'r', ?3, ?3)",
    ).bind(orgId, id, at),
    env.DB.prepare(
      `INSERT INTO audit_log (org_id, id, at, actor_type, actor_id, actor_name, action, target_type, target_id, changes)
       VALUES (?1, ?2, ?3, 'system', 's', 's', 'a.b', 't', 't', '[]')`,
    ).bind(orgId, id, at),
    env.DB.prepare(
      `INSERT INTO resource_versions (org_id, account_id, resource_id, from_seq, to_seq, "row", ended_at) VALUES (?1, 'a', ?2, 1, 2, '{}', ?3)`,
    ).bind(orgId, id, at),
    env.DB.prepare(
      `INSERT INTO evaluations (org_id, id, policy_id, policy_version, policy_name, scan_id, trigger, result, conditions, created_at)
       VALUES (?1, ?2, 'p', 1, 'p', 's', 'scan', 'pass', '[]', ?3)`,
    ).bind(orgId, id, at),
    env.DB.prepare(
      "INSERT INTO daily_verdicts (org_id, account_id, day, checks, updated_at) VALUES (?1, '', substr(?2, 1, 10), '{}', ?2)",
    ).bind(orgId, at),
    ...["open", "resolved"].map((status) =>
      env.DB.prepare(
        `INSERT INTO alerts (org_id, id, rule_id, rule_name, group_key, status, severity, title, summary, items, total, channels, messages,
           resolved_at, version, created_at, updated_at)
         VALUES (?1, ?2, ?2, 'r', '', ?3, 'low', 't', 's', '[]', 1, '[]', 1, iif(?3 = 'resolved', ?4, NULL), 1, ?4, ?4)`,
      ).bind(orgId, v7({ msecs: Date.parse(at) }), status, at),
    ),
    ...["open", "resolved"].map((status) =>
      env.DB.prepare(
        `INSERT INTO findings (org_id, id, account_id, aws_account_id, resource_id, place, collector, service, resource_type, region,
           type, title, category, severity, severity_rank, summary, details, evidence, digest, status, resolved_at, first_detected_at,
           last_detected_at, detections_before, runs_at_start, verified, reopened_count, last_scan_id, version, created_at, updated_at)
         VALUES (?1, ?2, 'a', '1', 'r', 'eu-west-1', 'ec2.volumes', 'ec2', 't', 'eu-west-1', 'orphaned_volume', 't', 'cost', 'low', 0, 's',
           '{}', '[]', 'd', ?3, ?4, ?4, ?4, 1, 0, 1, 0, 's', 1, ?4, ?4)`,
      ).bind(orgId, `${status}-${id}`, status, at),
    ),
    env.DB.prepare(
      `INSERT INTO counters (org_id, subject, dimension, value, total, open, snoozed, ignored, resolved) VALUES (?1, 'finding', 'all', '', 2, 1, 0, 0, 1)
       ON CONFLICT DO UPDATE SET total = total + 2, open = open + 1, resolved = resolved + 1`,
    ).bind(orgId),
  ]);
}

async function left(orgId: string): Promise<Record<string, number>> {
  const tables = [
    "idempotency_keys",
    "audit_log",
    "resource_versions",
    "evaluations",
    "daily_verdicts",
    "findings",
    "alerts",
  ];
  const counts = await env.DB.batch<{ n: number }>(
    tables.map((table) => env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE org_id = ?1`).bind(orgId)),
  );
  return Object.fromEntries(tables.map((table, index) => [table, counts[index]?.results[0]?.n ?? -1]));
}

describe("retention", () => {
  it("takes out what is past its time, never an open finding, and the counters follow", async ({ expect }) => {
    const { id } = await makeOrg();
    for (const age of [-1, 5, 15, 25]) await seed(id, age);
    const org = systemContext(env, { orgId: id, shard: 0 }, now, () => undefined);
    await pruneOrganization(org, days);
    expect(await left(id)).toEqual({
      idempotency_keys: 1,
      audit_log: 3,
      resource_versions: 2,
      evaluations: 2,
      daily_verdicts: 4,
      findings: 6,
      alerts: 6,
    });
    const counter = await env.DB.prepare(
      "SELECT total, open, resolved FROM counters WHERE org_id = ?1 AND dimension = 'all'",
    )
      .bind(id)
      .first();
    expect(counter).toEqual({ total: 6, open: 4, resolved: 2 });
  });

  it("comes to every organization once a day", async ({ expect }) => {
    const { id } = await makeOrg();
    await seed(id, 500);
    for (let turn = 0; turn < 144; turn += 1) {
      await pruneOrganizations(env, new Date(now.getTime() + turn * 600_000), () => undefined);
    }
    expect(await left(id)).toMatchObject({ idempotency_keys: 0, audit_log: 0, resource_versions: 0, findings: 1 });
  });
});
