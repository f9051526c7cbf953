import { newId, uuid7Time } from "#lib/id";
import { sendAll } from "#lib/send-all";
import { alertsDueIfChanged, askedOf } from "./alert-clock.ts";
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
  "alert.digest",
  "policy.violated",
  "account.error",
  "webhook.test",
  "webhook.failing",
  "webhook.disabled",
  "webhook.recovered",
] as const;
export type EventName = (typeof eventNames)[number];

const groupOf = (name: EventName): string => `${name.slice(0, name.indexOf("."))}.*`;

/** What a webhook may subscribe to: every name (a digest is only told to its channel), every group, `*`. */
export const subscriptions: readonly string[] = [
  "*",
  ...new Set(eventNames.map(groupOf)),
  ...eventNames.filter((name) => name !== "alert.digest"),
];

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
  /** What webhooks filter by: of all it tells about. Left out: it passes every filter. */
  readonly severity?: string | undefined;
  /** Of several: their ids, separated by commas; who filters by one of them is told. */
  readonly accountId?: string | null | undefined;
  /** Alert rules look at it when this run has ended; left out: at once. */
  readonly runId?: string | null | undefined;
  /** The webhook it is about, which is not told. */
  readonly exceptWebhookId?: string;
  /** Channels and webhooks that are told whatever they subscribed to, not before `at`. */
  readonly to?: readonly { readonly webhookId: string; readonly at: string }[];
}

/** Pairs of (subscription, name told), the best first: exact names before groups, groups before `*`. A digest is its channel's alone. */
export function tellings(names: readonly EventName[]): readonly (readonly [string, EventName])[] {
  if (names[0] === "alert.digest") return [];
  return [
    ...names.map((name) => [name, name] as const),
    ...names.map((name) => [groupOf(name), name] as const),
    ...names.slice(0, 1).map((name) => ["*", name] as const),
  ];
}

/**
 * For the batch that changes the state: one row of `events` per event, one of `deliveries` per enabled webhook that listens,
 * told under the most specific name it subscribed to, and one for the alert rules. Nothing is written where nobody listens, and
 * nothing twice for the same event id. Three statements however many events; their JSON must stay below 1 MB.
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
  const told = events.map(({ data, id = newId(), ...event }) => ({
    ...event,
    id,
    data: data ?? null,
    told: tellings(event.names),
  }));
  return [eventInsert(org, told, condition), ...tellingStatements(org, told)];
}

/** For an event whose row another statement of the batch has written, or not. */
export const tellingsOf = (org: OrgContext, { id, ...event }: Omit<OutboxEvent, "data"> & { readonly id: string }) =>
  tellingStatements(org, [{ ...event, id, data: null, told: tellings(event.names) }]);

const tellingStatements = (org: OrgContext, told: readonly Told[]): Statement[] => {
  const withoutData = JSON.stringify(told.map((event) => ({ ...event, data: null })));
  const isOfNoRun = told.some(({ runId }) => !runId);
  return [
    deliveryInsert(org, withoutData),
    inboxInsert(org, withoutData),
    ...(isOfNoRun ? [alertsDueIfChanged(org)] : []),
  ];
};

/** SQL: what `w` subscribed to; every channel to the troubles of other receivers. */
const listensTo = `json_each(iif(w.kind = 'webhook', w.events, '["webhook.failing","webhook.disabled","webhook.recovered"]'))`;

interface Told extends OutboxEvent {
  readonly id: string;
  readonly told: readonly (readonly [string, EventName])[];
}

/**
 * Somebody hears of `e`: a webhook, also one that is disabled (what it missed can be replayed), an alert rule, or one who is
 * named. Parameter 1 is the organization.
 */
export const isHeard = `(EXISTS (
    SELECT 1 FROM webhooks w, ${listensTo} s WHERE w.org_id = ?1 AND s.value IN (SELECT t.value ->> 0 FROM json_each(e.value -> 'told') t))
  OR EXISTS (
    SELECT 1 FROM alert_rules r, json_each(r.listens) l WHERE r.org_id = ?1 AND r.enabled = 1 AND l.value IN (SELECT n.value FROM json_each(e.value -> 'names') n))
  OR json_array_length(e.value -> 'to') > 0)`;

/** Members: those of `Told`. */
const eventInsert = (org: OrgContext, told: readonly Told[], condition: string): Statement =>
  org.db.sql(
    `INSERT INTO events (org_id, id, names, data, severity, account_id, created_at)
     SELECT ?1, e.value ->> 'id', e.value -> 'names', e.value -> 'data', e.value ->> 'severity', e.value ->> 'accountId', ?2
     FROM json_each(?3) e WHERE ${condition} AND ${isHeard} ON CONFLICT DO NOTHING`,
    org.id,
    org.now.toISOString(),
    JSON.stringify(told),
  );

/** SQL: a webhook `w` wants to hear of what has this severity, and is about one of these accounts: no id is part of another. */
export const passesFilters = (severity: string, accounts: string): string =>
  `(w.severities IS NULL OR ${severity} IS NULL OR ${severity} IN (SELECT value FROM json_each(w.severities)))
  AND (w.account_ids IS NULL OR ${accounts} IS NULL OR EXISTS (SELECT 1 FROM json_each(w.account_ids) f WHERE instr(${accounts}, f.value)))`;

/** SQL for a new UUIDv7; `time` is SQL for what `uuid7Time` answers. Deliveries are listed in the order of their birth. */
export const newUuid7 = (time: string): string =>
  `${time} || '-7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1)
     || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6)))`;

const deliveryInsert = (org: OrgContext, toldJson: string): Statement =>
  org.db.sql(
    `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, next_attempt_at, created_at, updated_at)
     SELECT ?1, ${newUuid7("?4")}, webhook_id, event_id, event, 'pending', 0, at, ?2, ?2
     FROM (
       SELECT w.id AS webhook_id, e.value ->> 'id' AS event_id,
         coalesce(
           (SELECT t.value ->> 1 FROM json_each(e.value -> 'told') t
            WHERE w.id <> coalesce(e.value ->> 'exceptWebhookId', '') AND ${passesFilters("e.value ->> 'severity'", "e.value ->> 'accountId'")} AND t.value ->> 0 IN (SELECT s.value FROM ${listensTo} s) ORDER BY t.key LIMIT 1),
           (SELECT e.value ->> '$.names[0]' FROM json_each(e.value -> 'to') c WHERE c.value ->> 'webhookId' = w.id)) AS event,
         coalesce((SELECT c.value ->> 'at' FROM json_each(e.value -> 'to') c WHERE c.value ->> 'webhookId' = w.id), ?2) AS at
       FROM webhooks w CROSS JOIN json_each(?3) e WHERE w.org_id = ?1 AND w.status = 'enabled')
     WHERE event IS NOT NULL AND EXISTS (SELECT 1 FROM events WHERE org_id = ?1 AND id = event_id)
     ON CONFLICT DO NOTHING`,
    org.id,
    org.now.toISOString(),
    toldJson,
    uuid7Time(org.now),
  );

/** Alert rules find what they are fed by here; whoever has looked at it takes it away. What belongs to no run is looked at now. */
const inboxInsert = (org: OrgContext, toldJson: string): Statement =>
  org.db.sql(
    `INSERT INTO alert_inbox (org_id, run_id, event_id, created_at, asked)
     SELECT ?1, coalesce(e.value ->> 'runId', ''), e.value ->> 'id', ?2, ${askedOf("?1")} FROM json_each(?3) e
     WHERE EXISTS (SELECT 1 FROM alert_rules r, json_each(r.listens) l WHERE r.org_id = ?1 AND r.enabled = 1
         AND l.value IN (SELECT n.value FROM json_each(e.value -> 'names') n))
       AND EXISTS (SELECT 1 FROM events v WHERE v.org_id = ?1 AND v.id = e.value ->> 'id' AND v.created_at = ?2)
     ON CONFLICT DO NOTHING`,
    org.id,
    org.now.toISOString(),
    toldJson,
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

/**
 * After the commit: wakes the delivery of these events, one message per webhook (whoever delivers goes on with what else
 * is due there), and the alert rules when they are due. Never fails: what is not woken now is found by the cron job within a minute.
 */
export async function nudgeDeliveries(org: OrgContext, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return;
  await quietly(org, async () => {
    const { deliveries, alertsAreDue } = await dueAfter(org, eventIds);
    await sendAll(org.env.DELIVERIES, deliveries);
    if (alertsAreDue) await org.env.ALERTS.send({ orgId: org.id, shard: org.shard });
  });
}

/** The same for a delivery that is due. */
export const nudgeDelivery = (org: OrgContext, deliveryId: string): Promise<void> =>
  quietly(org, () => sendAll(org.env.DELIVERIES, [{ orgId: org.id, shard: org.shard, deliveryId }]));

/** What is not sent now the cron job finds. */
export async function quietly(org: OrgContext, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    const cause = error instanceof Error ? error.name : typeof error;
    console.log(JSON.stringify({ level: "warn", msg: "nudge not sent", orgId: org.id, cause }));
  }
}

async function dueAfter(
  org: OrgContext,
  eventIds: readonly string[],
): Promise<{ deliveries: DeliveryMessage[]; alertsAreDue: boolean }> {
  const [rows, clocks] = await org.db.atomic([
    org.db.sql(
      `SELECT min(d.id) AS id FROM webhooks w CROSS JOIN json_each(?2) e CROSS JOIN deliveries d
       WHERE w.org_id = ?1 AND d.org_id = ?1 AND d.webhook_id = w.id AND d.event_id = e.value AND d.status = 'pending'
       GROUP BY w.id`,
      org.id,
      JSON.stringify(eventIds),
    ),
    org.db.sql("SELECT 1 FROM alert_clocks WHERE org_id = ?1 AND due_at <= ?2", org.id, org.now.toISOString()),
  ]);
  return {
    // safe: the statement answers rows with `id`.
    deliveries: (rows as { id: string }[]).map(({ id }) => ({ orgId: org.id, shard: org.shard, deliveryId: id })),
    alertsAreDue: (clocks as unknown[]).length > 0,
  };
}
