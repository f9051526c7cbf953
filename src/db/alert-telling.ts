import { nextLocalTime } from "#lib/local-time";
import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";
import { eventStatements, type OutboxEvent } from "./outbox.ts";
import type { AlertMessage, DigestTimes } from "./values.ts";

export interface AlertTelling {
  /** Of the event: repeating the batch writes nothing twice. */
  readonly eventId: string;
  readonly name: "alert.triggered" | "alert.resolved";
  readonly message: AlertMessage;
  /** Ids of all that it is about, by which webhooks filter; null or left out: it is about no account in particular. */
  readonly accountIds?: readonly string[] | null;
  /** Channels and webhooks of the alert. */
  readonly channels: readonly { readonly id: string; readonly kind?: string; readonly digest: DigestTimes | null }[];
  /** No people named are told before this time; left out: at once. PagerDuty is: it would go on calling them. */
  readonly notBefore?: string;
}

/** Messages written by the same statements: their JSON stays below 1 MB. */
const togetherMax = 20;

/**
 * For the batch that changes alerts: their events, a delivery for each channel that is told at once (and for every webhook that
 * subscribed to it), and an item for each channel that gathers. `nudgeDeliveries` with the events' ids follows.
 */
export const alertTellings = (org: OrgContext, ...told: readonly AlertTelling[]): Statement[] =>
  told.length > togetherMax
    ? [...alertTellings(org, ...told.slice(0, togetherMax)), ...alertTellings(org, ...told.slice(togetherMax))]
    : [...eventStatements(org, ...told.map((one) => eventOf(org, one))), ...told.flatMap((one) => gathering(org, one))];

function eventOf(org: OrgContext, told: AlertTelling): OutboxEvent {
  const now = org.now.toISOString();
  const { eventId: id, name, message, channels, notBefore = now } = told;
  const accountId = told.accountIds?.join();
  const to = channels
    .filter(({ digest }) => digest === null)
    .map((channel) => ({ webhookId: channel.id, at: channel.kind === "pagerduty" ? now : notBefore }));
  return { id, names: [name], data: message, severity: message.severity, accountId, to };
}

/** A channel that gathers no longer by the time of the batch keeps the item: the cron job tells what is due, whatever is set. */
function gathering(org: OrgContext, { eventId, message, channels, notBefore }: AlertTelling): Statement[] {
  const from = new Date(Math.max(org.now.getTime(), Date.parse(notBefore ?? "") || 0));
  const due = channels.flatMap(({ id, digest }) => (digest ? [[id, nextLocalTime(digest, from).toISOString()]] : []));
  if (due.length === 0) return [];
  return [
    org.db.sql(
      `INSERT INTO digest_items (org_id, channel_id, id, due_at, message)
       SELECT ?1, c.value ->> 0, ?2, c.value ->> 1, ?3 FROM json_each(?4) c
       WHERE EXISTS (SELECT 1 FROM webhooks w WHERE w.org_id = ?1 AND w.id = c.value ->> 0 AND w.status = 'enabled')
       ON CONFLICT DO NOTHING`,
      org.id,
      eventId,
      JSON.stringify(message),
      JSON.stringify(due),
    ),
  ];
}
