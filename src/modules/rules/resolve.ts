import type { Env } from "#env";
import { systemContext, type OrgContext } from "#db/context";
import { directoryDatabase, newMeter, type Statement } from "#db/database";
import { withEffects } from "#db/finding-effects";
import { eventStatements, nudgeDeliveries, type OutboxEvent } from "#db/outbox";
import { shards } from "#db/shards";
import { findingEvents, nothingHappened, type Told } from "#scans/finding-events";
import { rankRecommendations } from "#scans/rank";
import { ruleType } from "#scans/rules";

/** Findings in one batch. */
const sliceMax = 200;

/** Slices in one request. */
const slicesMax = 5;

/** Organizations, and slices of each, in one tick of one database; what is left waits for the next. */
const organizationsMax = 40;
const slicesOfOneMax = 20;

/** Goes on resolving the findings of rules that were switched off or deleted. An organization that fails stops no other. */
export async function resolveEndedRules(env: Env, now: Date, waitUntil: OrgContext["waitUntil"]): Promise<void> {
  const failures: unknown[] = [];
  for (const [shard, d1] of shards(env).entries()) {
    for (const orgId of await concerned(d1)) {
      const org = systemContext(env, { orgId, shard }, now, waitUntil);
      await resolveSome(org, slicesOfOneMax).catch((error: unknown) => failures.push(error));
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function concerned(d1: D1Database): Promise<string[]> {
  const db = directoryDatabase(d1, newMeter());
  const [rows] = await db.atomic([
    db.sql(`SELECT DISTINCT org_id AS orgId FROM rules WHERE resolving = 1 LIMIT ${organizationsMax}`),
  ]);
  // safe: the statement's own column.
  return (rows as { orgId: string }[]).map(({ orgId }) => orgId);
}

/** Resolves so many slices at most. */
export async function resolveSome(org: OrgContext, max = slicesMax): Promise<void> {
  let slices = 0;
  while (slices < max && (await resolveSlice(org))) slices += 1;
  if (slices > 0) await rankRecommendations(org);
}

interface Resolving {
  readonly id: string;
  readonly version: number;
}

/** Answers whether there was anything to do. Safe to repeat, and by several at once. */
async function resolveSlice(org: OrgContext): Promise<boolean> {
  const [[rule]] = (await org.db.atomic([
    org.db.sql("SELECT id, version FROM rules WHERE org_id = ?1 AND resolving = 1 ORDER BY id LIMIT 1", org.id),
    // safe: the statement's own columns.
  ])) as [Resolving[]];
  if (!rule) return false;
  const findings = await findingsOf(org, rule);
  const events = await eventsOf(org, findings);
  await org.db.atomic([
    ...(findings.length > 0
      ? withEffects(org, { ids: findings.map(({ id }) => id) }, [
          countResolved(org, rule, findings),
          resolve(org, rule, findings),
        ])
      : []),
    ...eventStatements(org, ...events),
    ...(findings.length < sliceMax ? done(org, rule) : []),
  ]);
  await nudgeDeliveries(
    org,
    events.flatMap(({ id }) => (id ? [id] : [])),
  );
  return true;
}

interface RuleFinding extends Told {
  readonly accountId: string;
  readonly awsAccountId: string;
}

const told =
  "type, title, severity, summary, service, region, resource_id AS resourceId, resource_arn AS resourceArn, resource_name AS resourceName";

async function findingsOf(org: OrgContext, { id }: Resolving): Promise<RuleFinding[]> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id, account_id AS accountId, aws_account_id AS awsAccountId, ${told} FROM findings
       WHERE org_id = ?1 AND status IN ('open', 'snoozed', 'ignored') AND type = ?2 LIMIT ${sliceMax}`,
      org.id,
      ruleType(id),
    ),
  ]);
  // safe: the statement's own columns.
  return rows as RuleFinding[];
}

const knownRuns = (member: "runs" | "completeAt"): string =>
  `(SELECT c.collectors -> findings.collector ->> '${member}' FROM coverage AS c
    WHERE c.org_id = ?1 AND c.account_id = findings.account_id AND c.region = findings.place)`;

/** The stretch in which it was seen ends here. Nothing is written once the rule is switched on again. */
const resolve = (org: OrgContext, { id }: Resolving, findings: readonly RuleFinding[]): Statement =>
  org.db.sql(
    `UPDATE findings SET
       detections_before = CASE WHEN verified = 1 THEN detections_before + max(1, coalesce(${knownRuns("runs")}, 0) - runs_at_start) ELSE detections_before END,
       last_detected_at = CASE WHEN verified = 1 THEN max(last_detected_at, coalesce(${knownRuns("completeAt")}, '')) ELSE last_detected_at END,
       status = 'resolved', resolved_at = ?3, snoozed_until = NULL, ignore_reason = NULL, ignored_until = NULL, suppression_id = NULL,
       verified = 1, version = version + 1, updated_at = ?3
     WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2)) AND status <> 'resolved'
       AND EXISTS (SELECT 1 FROM rules AS r WHERE r.org_id = ?1 AND r.id = ?4 AND r.resolving = 1)`,
    org.id,
    JSON.stringify(findings.map((finding) => finding.id)),
    org.now.toISOString(),
    id,
  );

/** Ahead of it: what it will resolve, added to the day of each account and of the organization. */
const countResolved = (org: OrgContext, { id }: Resolving, findings: readonly RuleFinding[]): Statement => {
  const columns = ["low", "medium", "high", "critical"].map((severity) => `resolved_${severity}`);
  return org.db.sql(
    `INSERT INTO daily_stats (org_id, account_id, day, updated_at, ${columns.join(", ")})
     SELECT ?1, a.value, substr(?3, 1, 10), ?3, ${columns.map((column) => `sum('resolved_' || f.severity = '${column}')`).join(", ")}
     FROM json_each(?2) AS i CROSS JOIN findings AS f CROSS JOIN json_each(json_array(f.account_id, '')) AS a
     WHERE f.org_id = ?1 AND f.id = i.value AND f.status <> 'resolved'
       AND EXISTS (SELECT 1 FROM rules AS r WHERE r.org_id = ?1 AND r.id = ?4 AND r.resolving = 1)
     GROUP BY a.value
     ON CONFLICT (org_id, account_id, day) DO UPDATE SET updated_at = excluded.updated_at,
       ${columns.map((column) => `${column} = ${column} + excluded.${column}`).join(", ")}`,
    org.id,
    JSON.stringify(findings.map((finding) => finding.id)),
    org.now.toISOString(),
    id,
  );
};

const done = (org: OrgContext, { id }: Resolving): Statement[] => [
  org.db.sql("DELETE FROM rules WHERE org_id = ?1 AND id = ?2 AND ended_at IS NOT NULL", org.id, id),
  org.db.sql("UPDATE rules SET resolving = 0 WHERE org_id = ?1 AND id = ?2 AND resolving = 1", org.id, id),
];

/** As a scan tells of what it resolves, without one. */
async function eventsOf(org: OrgContext, findings: readonly RuleFinding[]): Promise<OutboxEvent[]> {
  const byAccount = Map.groupBy(findings, ({ accountId }) => accountId);
  const events = await Promise.all(
    [...byAccount].map(([id, resolved]) => {
      const account = { id, awsAccountId: resolved[0]?.awsAccountId ?? "" };
      return findingEvents({ org, account, scan: null }, { ...nothingHappened, resolved });
    }),
  );
  return events.flat();
}
