import type { Env } from "#env";
import { directoryDatabase, newMeter, type Meter } from "#db/database";
import type { DeliveryMessage } from "#db/messages";
import { sendAll } from "#lib/send-all";
import { shards } from "#db/shards";

/** Webhooks woken per database and tick; the others come with the next one. */
const webhooksMax = 500;

/**
 * Wakes every webhook with a due delivery that nobody is working on: one message each, for its oldest. Whoever takes it
 * goes on with what else is due there. Repeating it, or running it twice at once, changes nothing.
 */
export async function wakeDueDeliveries(env: Env, now: Date, meter: Meter = newMeter()): Promise<void> {
  for (const [shard, d1] of shards(env).entries()) {
    await sendAll(env.DELIVERIES, await dueDeliveries(d1, shard, now, meter));
  }
}

/**
 * Steps through the index of unfinished deliveries from one webhook to the next, so that it reads a few rows per webhook
 * with unfinished deliveries, however many they are, and nothing when there are none. Ids have 36 characters.
 */
async function dueDeliveries(d1: D1Database, shard: number, now: Date, meter: Meter): Promise<DeliveryMessage[]> {
  const db = directoryDatabase(d1, meter);
  const [rows] = await db.atomic([
    db.sql(
      `WITH RECURSIVE unfinished(pair) AS (
         SELECT (SELECT org_id || webhook_id FROM deliveries INDEXED BY deliveries_due
                 WHERE next_attempt_at IS NOT NULL ORDER BY org_id, webhook_id LIMIT 1)
         UNION ALL
         SELECT coalesce(
           (SELECT d.org_id || d.webhook_id FROM deliveries d INDEXED BY deliveries_due
            WHERE d.next_attempt_at IS NOT NULL AND d.org_id = substr(u.pair, 1, 36) AND d.webhook_id > substr(u.pair, 37)
            ORDER BY d.webhook_id LIMIT 1),
           (SELECT d.org_id || d.webhook_id FROM deliveries d INDEXED BY deliveries_due
            WHERE d.next_attempt_at IS NOT NULL AND d.org_id > substr(u.pair, 1, 36) ORDER BY d.org_id, d.webhook_id LIMIT 1))
         FROM unfinished u WHERE u.pair IS NOT NULL)
       SELECT orgId, deliveryId FROM (
         SELECT w.org_id AS orgId, (
           SELECT d.id FROM deliveries d INDEXED BY deliveries_due
           WHERE d.org_id = w.org_id AND d.webhook_id = w.id AND d.next_attempt_at <= ?1
           ORDER BY d.next_attempt_at LIMIT 1) AS deliveryId
         FROM unfinished u CROSS JOIN webhooks w
         WHERE w.org_id = substr(u.pair, 1, 36) AND w.id = substr(u.pair, 37)
           AND w.status = 'enabled' AND (w.busy_until IS NULL OR w.busy_until <= ?1))
       WHERE deliveryId IS NOT NULL LIMIT ?2`,
      now.toISOString(),
      webhooksMax,
    ),
  ]);
  // safe: the statement answers these two columns.
  return (rows as { orgId: string; deliveryId: string }[]).map((row) => ({ ...row, shard }));
}
