import type { Env } from "#env";
import { uuid7Time } from "#lib/id";
import { recounted } from "./counters.ts";
import { systemContext, type OrgContext } from "./context.ts";
import { organizationsInTurn } from "./turns.ts";
import type { Statement } from "./database.ts";
import type { OrgSettings } from "./values.ts";

/** Rows of one kind taken out of one organization at a time. */
const sliceRows = 2_000;

/** Ten-minute turns in a day: each organization has one of them. */
const turns = 144;
const dayMs = 86_400_000;

/**
 * Takes out what is past its time: answers kept for Idempotency-Keys, the audit log, versions of resources, evaluations of
 * policies, and findings and alerts long resolved. Daily roll-ups are kept. Each organization has its turn once a day, and a slice of each kind goes; the counters stay equal to the rows.
 */
export async function pruneOrganizations(env: Env, now: Date, waitUntil: OrgContext["waitUntil"]): Promise<void> {
  for (const { settings, ...organization } of await organizationsInTurn(env, now, turns)) {
    await pruneOrganization(systemContext(env, organization, now, waitUntil), settings.retentionDays);
  }
}

/** One slice of each kind. */
export async function pruneOrganization(org: OrgContext, days: OrgSettings["retentionDays"]): Promise<void> {
  const before = (age: number): string => new Date(org.now.getTime() - age * dayMs).toISOString();
  const ids = JSON.stringify(await longResolved(org, before(days.versions)));
  await org.db.atomic([
    org.db.sql(
      `DELETE FROM idempotency_keys WHERE org_id = ?1 AND id IN (
         SELECT id FROM idempotency_keys WHERE org_id = ?1 AND expires_at <= ?2 ORDER BY expires_at LIMIT ${sliceRows})`,
      org.id,
      before(0),
    ),
    org.db.sql(
      `DELETE FROM audit_log WHERE org_id = ?1 AND id IN (
         SELECT id FROM audit_log WHERE org_id = ?1 AND at < ?2 ORDER BY id LIMIT ${sliceRows})`,
      org.id,
      before(days.audit),
    ),
    org.db.sql(
      `DELETE FROM resource_versions WHERE org_id = ?1 AND (account_id, resource_id, to_seq) IN (
         SELECT account_id, resource_id, to_seq FROM resource_versions WHERE org_id = ?1 AND ended_at < ?2 ORDER BY ended_at LIMIT ${sliceRows})`,
      org.id,
      before(days.versions),
    ),
    org.db.sql(
      `DELETE FROM evaluations WHERE org_id = ?1 AND id IN (
         SELECT id FROM evaluations WHERE org_id = ?1 AND created_at < ?2 ORDER BY created_at LIMIT ${sliceRows})`,
      org.id,
      before(days.versions),
    ),
    alertsBefore(org, before(days.versions)),
    ...recounted(org, "finding", ids, [
      org.db.sql(
        `DELETE FROM findings WHERE org_id = ?1 AND status = 'resolved' AND id IN (SELECT value FROM json_each(?2))`,
        org.id,
        ids,
      ),
    ]),
  ]);
}

/** Ids are UUIDv7, so that those made before come first. */
const alertsBefore = (org: OrgContext, before: string): Statement =>
  org.db.sql(
    `DELETE FROM alerts WHERE org_id = ?1 AND status = 'resolved' AND id IN (
       SELECT id FROM alerts WHERE org_id = ?1 AND status = 'resolved' AND id < ?3 AND resolved_at < ?2 ORDER BY id LIMIT ${sliceRows})`,
    org.id,
    before,
    `${uuid7Time(new Date(before))}-`,
  );

async function longResolved(org: OrgContext, before: string): Promise<string[]> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id FROM findings WHERE org_id = ?1 AND status = 'resolved' AND resolved_at < ?2 ORDER BY resolved_at LIMIT ${sliceRows}`,
      org.id,
      before,
    ),
  ]);
  // safe: the statement's own column.
  return (rows as { id: string }[]).map(({ id }) => id);
}
