import type { Env } from "#env";
import { directoryDatabase, newMeter, orgDatabase, type Meter } from "#db/database";
import { shards } from "#db/shards";
import { uuid7Time } from "#lib/id";

/** Organizations visited per database and tick, drawn by lot: what has to stay in some of them keeps no other waiting. */
const organizationsMax = 50;

/** Rows looked at per table and organization in one tick. */
const sliceRows = 1_000;

const dayMs = 86_400_000;

interface Overdue {
  readonly orgId: string;
  readonly cutoff: string;
}

/**
 * Removes attempts older than the organization's retention, then finished deliveries of that age of which no attempt is
 * left, then events of that age which nobody is still told of. A slice per tick: what is left over comes next time.
 */
export async function pruneDeliveries(env: Env, now: Date, meter: Meter = newMeter()): Promise<void> {
  for (const d1 of shards(env)) {
    for (const { orgId, cutoff } of await overdue(d1, now, meter)) {
      const db = orgDatabase(d1, orgId, meter);
      await db.atomic([
        db.sql(deleteAttempts, orgId, cutoff, sliceRows),
        db.sql(deleteDeliveries, orgId, cutoff, sliceRows, uuid7Floor(cutoff)),
        db.sql(deleteEvents, orgId, cutoff, sliceRows),
      ]);
    }
  }
}

const deleteAttempts = `DELETE FROM attempts WHERE org_id = ?1 AND (delivery_id, number) IN (
  SELECT delivery_id, number FROM attempts WHERE org_id = ?1 AND at < ?2 ORDER BY at LIMIT ?3)`;

/** Ids are UUIDv7, so the oldest deliveries come first in the table. */
const deleteDeliveries = `DELETE FROM deliveries WHERE org_id = ?1 AND id IN (
  SELECT d.id FROM deliveries d WHERE d.org_id = ?1 AND d.id < ?4 AND d.status <> 'pending' AND d.updated_at < ?2
    AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.org_id = ?1 AND a.delivery_id = d.id)
  ORDER BY d.id LIMIT ?3)`;

const deleteEvents = `DELETE FROM events WHERE org_id = ?1 AND id IN (
  SELECT e.id FROM events e WHERE e.org_id = ?1 AND e.created_at < ?2 AND NOT EXISTS (
    SELECT 1 FROM webhooks w CROSS JOIN deliveries d
    WHERE w.org_id = ?1 AND d.org_id = ?1 AND d.webhook_id = w.id AND d.event_id = e.id)
  ORDER BY e.created_at LIMIT ?3)`;

/** No UUIDv7 of this moment or later is smaller. */
const uuid7Floor = (at: string): string => `${uuid7Time(new Date(at))}-`;

const tables = ["events", "attempts", "deliveries"] as const;

/** SQL for the least organization in all of the tables, beyond `after`. */
const nextOrg = (after: string): string =>
  `(SELECT min(org_id) FROM (${tables.map((table) => `SELECT min(org_id) AS org_id FROM ${table} WHERE org_id > ${after}`).join(" UNION ALL ")}))`;

/**
 * Organizations with an event, an attempt or a delivery past its time, also when only one of these is left: stepping through the
 * indexes, a few rows for each. The delivery with the least id is the oldest; what is done with it again makes it new.
 */
async function overdue(d1: D1Database, now: Date, meter: Meter): Promise<Overdue[]> {
  const db = directoryDatabase(d1, meter);
  const [rows] = await db.atomic([
    db.sql(
      `WITH RECURSIVE telling(org_id) AS (
         SELECT ${nextOrg("''")}
         UNION ALL
         SELECT ${nextOrg("t.org_id")} FROM telling t WHERE t.org_id IS NOT NULL)
       SELECT t.org_id AS orgId, json_extract(o.settings, '$.retentionDays.attempts') AS days,
         min(coalesce((SELECT min(e.created_at) FROM events e WHERE e.org_id = t.org_id), '9'),
           coalesce((SELECT min(a.at) FROM attempts a WHERE a.org_id = t.org_id), '9'),
           coalesce((SELECT d.updated_at FROM deliveries d WHERE d.org_id = t.org_id ORDER BY d.id LIMIT 1), '9')) AS oldest
       FROM telling t JOIN organizations o ON o.org_id = t.org_id
       WHERE oldest < strftime('%Y-%m-%dT%H:%M:%fZ', ?1, '-' || CAST(days AS INTEGER) || ' days') ORDER BY random() LIMIT ?2`,
      now.toISOString(),
      organizationsMax,
    ),
  ]);
  // safe: the statement answers these columns.
  return (rows as { orgId: string; days: number }[]).map(({ orgId, days }) => ({
    orgId,
    cutoff: new Date(now.getTime() - days * dayMs).toISOString(),
  }));
}
