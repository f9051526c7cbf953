import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { newUuid7, nudgeDelivery, passesFilters } from "#db/outbox";
import { refuseDisabled } from "#deliveries/receiver";
import { Fault } from "#lib/fault";
import { uuid7Time } from "#lib/id";
import { getWebhook } from "./get.ts";

/** Deliveries that one call schedules. */
export const replayMax = 1_000;

/** A task writes events under the time it began at, so some may look as old as this before the webhook was disabled. */
const oldestTaskMinutes = 20;

/** The request that enabled it may have taken so long from the time it began at to its commit: what happened then was not told, either. */
const enablingMinutes = 5;

export interface ReplayInput {
  readonly since: string;
  /** Left out: until now. */
  readonly until?: string | undefined;
  /** `failed`: what was given up. `missing`: what happened while it was disabled. */
  readonly status: "failed" | "missing";
}

export interface Replay {
  readonly scheduled: number;
  /** Where the next call goes on; null: that was all. */
  readonly nextSince: string | null;
}

/**
 * Schedules up to 1,000 deliveries again, the oldest first; repeating it goes on where it ended and sends nothing twice. Faults:
 * RESOURCE_NOT_FOUND; INVALID_REQUEST; INVALID_TRANSITION while the webhook is disabled.
 */
export async function replayWebhook(org: OrgContext, id: string, input: ReplayInput): Promise<Replay> {
  const until = input.until ?? org.now.toISOString();
  refuseEmpty(input.since, until);
  refuseDisabled(await getWebhook(org, id));
  const span = { id, since: input.since, until };
  const write = input.status === "failed" ? retryDead(org, span) : tellMissed(org, span);
  const entry = {
    action: "webhook.replay",
    target: { type: "webhook", id },
    after: { since: input.since, until, status: input.status },
  } as const;
  const [rows] = await org.change(entry, [write]);
  // safe: the statements answer these columns.
  const scheduled = rows as { id: string; at: string }[];
  const [first] = scheduled;
  if (first) await nudgeDelivery(org, first.id);
  const latest = scheduled.reduce((at, row) => (row.at > at ? row.at : at), input.since);
  return { scheduled: scheduled.length, nextSince: scheduled.length < replayMax ? null : latest };
}

function refuseEmpty(since: string, until: string): void {
  if (since < until) return;
  const message = "must be before `until`";
  throw new Fault("INVALID_REQUEST", `body /since ${message}.`, {
    errors: [{ in: "body", pointer: "/since", message }],
  });
}

interface Span {
  readonly id: string;
  readonly since: string;
  readonly until: string;
}

const isEnabled = "EXISTS (SELECT 1 FROM webhooks w WHERE w.org_id = ?1 AND w.id = ?2 AND w.status = 'enabled')";

/** Deliveries made in that time that were given up; their ids sort by time. Tests are not tried again. */
const retryDead = (org: OrgContext, { id, since, until }: Span): Statement =>
  org.db.sql(
    `UPDATE deliveries SET status = 'pending', attempts_before = attempts, next_attempt_at = ?5, updated_at = ?5
     WHERE org_id = ?1 AND id IN (
       SELECT d.id FROM deliveries d CROSS JOIN events e
       WHERE d.org_id = ?1 AND d.webhook_id = ?2 AND d.status = 'dead' AND d.id >= ?3 AND d.id < ?4
         AND e.org_id = ?1 AND e.id = d.event_id AND e.names <> '["webhook.test"]'
       ORDER BY d.id LIMIT ${replayMax}) AND ${isEnabled}
     RETURNING id, created_at AS at`,
    org.id,
    id,
    uuid7Time(new Date(since)),
    uuid7Time(new Date(until)),
    org.now.toISOString(),
  );

const subscribed = (what: string): string => `${what} IN (SELECT s.value FROM json_each(w.events) s)`;

/** The name of `v`, when it is of an alert that tells `w` whatever `w` listens to: its end only where the rule says so. */
const namedFor = `(SELECT v.names ->> 0 FROM alerts a CROSS JOIN json_each(a.channels) c
    WHERE a.org_id = ?1 AND a.id = v.data ->> 'alertId' AND c.value = w.id AND (v.names ->> 0 = 'alert.triggered' OR NOT EXISTS (
      SELECT 1 FROM alert_rules r WHERE r.org_id = ?1 AND r.id = a.rule_id AND r.notify_resolved = 0)))`;

/** The name under which `w` would have been told of `v`: as the outbox has it (`tellings`, filters, `to`). Null: not at all. */
const wantedName = `coalesce(CASE WHEN ${passesFilters("v.severity", "v.account_id")} THEN coalesce(
    (SELECT n.value FROM json_each(v.names) n WHERE ${subscribed("n.value")} ORDER BY n.key LIMIT 1),
    (SELECT n.value FROM json_each(v.names) n WHERE ${subscribed("substr(n.value, 1, instr(n.value, '.')) || '*'")} ORDER BY n.key LIMIT 1),
    CASE WHEN ${subscribed("'*'")} THEN v.names ->> 0 END) END, ${namedFor})`;

/**
 * Events that happened while it was disabled, that it would be told of now, and has never been. Not what is told of itself, nor
 * a channel's digest, nor what the organization no longer keeps.
 */
const tellMissed = (org: OrgContext, { id, since, until }: Span): Statement =>
  org.db.sql(
    `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, next_attempt_at, created_at, updated_at)
     SELECT ?1, ${newUuid7("?6")}, ?2, event_id, event, 'pending', 0, ?5, ?5, ?5
     FROM (
       SELECT v.id AS event_id, ${wantedName} AS event, v.created_at
       FROM webhooks w CROSS JOIN events v
       WHERE w.org_id = ?1 AND w.id = ?2 AND w.status = 'enabled' AND v.org_id = ?1 AND v.created_at >= ?3 AND v.created_at < ?4
         AND v.created_at >= strftime('%Y-%m-%dT%H:%M:%fZ', ?5, '-' || (
           SELECT CAST(json_extract(o.settings, '$.retentionDays.attempts') AS INTEGER) FROM organizations o WHERE o.org_id = ?1) || ' days')
         AND EXISTS (SELECT 1 FROM json_each(w.silences) s
           WHERE v.created_at < strftime('%Y-%m-%dT%H:%M:%fZ', s.value ->> 1, '+${enablingMinutes} minutes')
           AND v.created_at >= strftime('%Y-%m-%dT%H:%M:%fZ', s.value ->> 0, '-${oldestTaskMinutes} minutes'))
         AND v.names NOT IN ('["webhook.test"]', '["alert.digest"]') AND coalesce(v.data ->> 'webhookId', '') <> w.id
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.org_id = ?1 AND d.webhook_id = ?2 AND d.event_id = v.id))
     WHERE event IS NOT NULL ORDER BY created_at LIMIT ${replayMax}
     ON CONFLICT DO NOTHING
     RETURNING id, (SELECT e.created_at FROM events e WHERE e.org_id = ?1 AND e.id = deliveries.event_id) AS at`,
    org.id,
    id,
    since,
    until,
    org.now.toISOString(),
    uuid7Time(org.now),
  );
