import type { Env } from "#env";
import { newId, uuid7Time } from "#lib/id";
import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";
import type { DeliveryMessage } from "./messages.ts";

/** All that Cloudglass tells about. A webhook may also listen to `*` and to a group: `finding.*`. */
export const eventNames = [
  "finding.opened",
  "finding.resolved",
  "finding.reopened",
  "finding.critical",
  "security.drift",
  "cost.anomaly",
  "certificate.expiring",
  "secret.expiring",
  "scan.started",
  "scan.completed",
  "scan.failed",
  "scan.canceled",
  "run.completed",
  "alert.triggered",
  "alert.resolved",
  "policy.violated",
  "account.error",
  "webhook.test",
  "webhook.disabled",
  "webhook.recovered",
] as const;
export type EventName = (typeof eventNames)[number];

const groupOf = (name: EventName): string => `${name.slice(0, name.indexOf("."))}.*`;

/** What a webhook may subscribe to: every name, every group, `*`. */
export const subscriptions: readonly string[] = ["*", ...new Set(eventNames.map(groupOf)), ...eventNames];

/** One occurrence. */
export interface OutboxEvent {
  /** The names it may be told under, the most specific first. Never empty. */
  readonly names: readonly EventName[];
  /** `data` of the body: JSON. The whole body should stay within 20 kB (`chunkForEvent`). */
  readonly data: unknown;
  /**
   * UUID. Give one that is derived from what happened where the batch may be repeated: the second run then meets its own
   * rows and writes nothing. Give one also where `nudgeDeliveries` is to follow.
   */
  readonly id?: string;
}

/** Pairs of (subscription, name told), the best first: exact names before groups, groups before `*`. */
export function tellings(names: readonly EventName[]): readonly (readonly [string, EventName])[] {
  return [
    ...names.map((name) => [name, name] as const),
    ...names.map((name) => [groupOf(name), name] as const),
    ...names.slice(0, 1).map((name) => ["*", name] as const),
  ];
}

/**
 * For the batch that changes the state: one row of `events` per event and one of `deliveries` per enabled webhook that
 * listens, told under the most specific name it subscribed to. Nothing is written where nobody listens, and nothing twice
 * for the same event id. Two statements however many events; their JSON must stay below 1 MB.
 */
export const eventStatements = (org: OrgContext, ...events: readonly OutboxEvent[]): Statement[] =>
  statements(org, events, "true");

/**
 * The same, written only when the statement before it in the batch changed a row: for `org.change`, as its last
 * statements. All events of the change in one call, since an event nobody listens to changes no row itself.
 */
export const eventStatementsIfChanged = (org: OrgContext, ...events: readonly OutboxEvent[]): Statement[] =>
  statements(org, events, "changes() > 0");

function statements(org: OrgContext, events: readonly OutboxEvent[], condition: "true" | "changes() > 0"): Statement[] {
  if (events.length === 0) return [];
  const told = events.map(({ names, data, id = newId() }) => ({
    id,
    names,
    data: data ?? null,
    told: tellings(names),
  }));
  return [eventInsert(org, told, condition), deliveryInsert(org, told)];
}

interface Told {
  readonly id: string;
  readonly names: readonly EventName[];
  readonly data: unknown;
  readonly told: readonly (readonly [string, EventName])[];
}

/** Members: `id`, `names`, `data`, `told` of each event. */
const eventInsert = (org: OrgContext, told: readonly Told[], condition: string): Statement =>
  org.db.sql(
    `INSERT INTO events (org_id, id, names, data, created_at)
     SELECT ?1, e.value ->> 'id', e.value -> 'names', e.value -> 'data', ?2 FROM json_each(?3) e
     WHERE ${condition} AND EXISTS (
       SELECT 1 FROM webhooks w, json_each(w.events) s
       WHERE w.org_id = ?1 AND w.status = 'enabled'
         AND s.value IN (SELECT t.value ->> 0 FROM json_each(e.value -> 'told') t))
     ON CONFLICT DO NOTHING`,
    org.id,
    org.now.toISOString(),
    JSON.stringify(told),
  );

/** Ids are UUIDv7 of this moment, drawn in SQL, so that a webhook's deliveries are listed in the order of their birth. */
const deliveryInsert = (org: OrgContext, told: readonly Told[]): Statement =>
  org.db.sql(
    `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, next_attempt_at, created_at, updated_at)
     SELECT ?1,
       ?4 || '-7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1)
         || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))),
       webhook_id, event_id, event, 'pending', 0, ?2, ?2, ?2
     FROM (
       SELECT w.id AS webhook_id, e.value ->> 'id' AS event_id,
         (SELECT t.value ->> 1 FROM json_each(e.value -> 'told') t
          WHERE t.value ->> 0 IN (SELECT s.value FROM json_each(w.events) s) ORDER BY t.key LIMIT 1) AS event
       FROM webhooks w CROSS JOIN json_each(?3) e WHERE w.org_id = ?1 AND w.status = 'enabled')
     WHERE event IS NOT NULL AND EXISTS (SELECT 1 FROM events WHERE org_id = ?1 AND id = event_id)
     ON CONFLICT DO NOTHING`,
    org.id,
    org.now.toISOString(),
    JSON.stringify(told.map(({ id, told: pairs }) => ({ id, told: pairs }))),
    uuid7Time(org.now),
  );

/** Bytes of a body that are not its items: envelope, names, ids. */
const envelopeBytes = 1_000;

/**
 * Cuts items into runs of at most `itemsMax` whose JSON, with the envelope, stays within `bodyBytesMax` of UTF-8. An item
 * too large for that stands alone: nothing is dropped, so the caller keeps single items small.
 */
export function chunkForEvent<Item>(items: readonly Item[], itemsMax = 50, bodyBytesMax = 20_000): Item[][] {
  const encoder = new TextEncoder();
  const chunks: Item[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const itemBytes = encoder.encode(JSON.stringify(item)).length + 1;
    const chunk = chunks.at(-1);
    if (chunk && chunk.length < itemsMax && bytes + itemBytes <= bodyBytesMax - envelopeBytes) {
      chunk.push(item);
      bytes += itemBytes;
    } else {
      chunks.push([item]);
      bytes = itemBytes;
    }
  }
  return chunks;
}

/** What one `sendBatch` takes. */
const batchMax = 100;

/** Sends nudges to the queue of deliveries, 100 at a time. Throws what the queue throws. */
export async function sendNudges(env: Env, messages: readonly DeliveryMessage[]): Promise<void> {
  for (let start = 0; start < messages.length; start += batchMax) {
    await env.DELIVERIES.sendBatch(messages.slice(start, start + batchMax).map((body) => ({ body })));
  }
}

/**
 * After the commit: wakes the delivery of these events, one message per webhook (whoever delivers goes on with what else
 * is due there). Never fails: what is not woken now is found by the cron job within a minute.
 */
export async function nudgeDeliveries(org: OrgContext, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return;
  try {
    await sendNudges(org.env, await firstOfEachWebhook(org, eventIds));
  } catch (error) {
    const cause = error instanceof Error ? error.name : typeof error;
    console.log(JSON.stringify({ level: "warn", msg: "delivery nudge not sent", orgId: org.id, cause }));
  }
}

async function firstOfEachWebhook(org: OrgContext, eventIds: readonly string[]): Promise<DeliveryMessage[]> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT min(d.id) AS id FROM webhooks w CROSS JOIN json_each(?2) e CROSS JOIN deliveries d
       WHERE w.org_id = ?1 AND d.org_id = ?1 AND d.webhook_id = w.id AND d.event_id = e.value AND d.status = 'pending'
       GROUP BY w.id`,
      org.id,
      JSON.stringify(eventIds),
    ),
  ]);
  // safe: the statement answers rows with `id`.
  return (rows as { id: string }[]).map(({ id }) => ({ orgId: org.id, shard: org.shard, deliveryId: id }));
}
