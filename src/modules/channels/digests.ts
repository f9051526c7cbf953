import type { Env } from "#env";
import { systemContext, type OrgContext } from "#db/context";
import { directoryDatabase, newMeter } from "#db/database";
import { chunkForEvent, eventStatementsIfChanged, nudgeDeliveries } from "#db/outbox";
import { shards } from "#db/shards";
import type { AlertMessage, ChannelKind } from "#db/values";
import { derivedId } from "#lib/id";

/** Items looked at per database, and per channel, and tick; the others come with the next one. */
const lookedAtMax = 2_000;

/** Alerts told by one batch: their JSON, of at most 18 kB each, is read at once, and what is left of it one parameter. */
const alertsMax = 50;

/** Of one message: alerts, and bytes of their JSON. A card of Teams holds 27 kB, of which 2 kB an alert are its layout; Slack 9,000 characters. */
const limits: Partial<Record<ChannelKind, readonly [number, number]>> = { teams: [8, 10_000], slack: [40, 8_500] };

type WaitUntil = (promise: Promise<unknown>) => void;

/**
 * Tells every channel what has gathered for it and is due. Repeating it, or running it twice at once, tells nothing twice: what was
 * told is gone from the table by the same batch.
 */
export async function tellDigests(env: Env, now: Date, waitUntil: WaitUntil): Promise<void> {
  for (const [shard, d1] of shards(env).entries()) {
    const db = directoryDatabase(d1, newMeter());
    const [due] = await db.atomic([db.sql(dueChannels, now.toISOString(), lookedAtMax)]);
    // safe: the statement answers these columns.
    for (const { orgId, ...channel } of due as ({ orgId: string } & Channel)[]) {
      const org = systemContext(env, { orgId, shard }, now, waitUntil);
      await tellAll(org, channel).catch((error: unknown) => logFailure(org, channel.channelId, error));
    }
  }
}

const dueChannels = `SELECT DISTINCT d.org_id AS orgId, channel_id AS channelId, kind FROM (
  SELECT org_id, channel_id FROM digest_items WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2) d
  LEFT JOIN webhooks w ON w.org_id = d.org_id AND w.id = channel_id`;

interface Channel {
  readonly channelId: string;
  /** Null: it is gone. */
  readonly kind: ChannelKind | null;
}

/** What a message is put in order by. */
type Item = Pick<AlertMessage, "alertId" | "status" | "severity" | "at"> & { readonly id: string };

/** One that cannot be told keeps no other waiting, and the next tick tries again. Messages of database errors hold parameters. */
const logFailure = ({ id: orgId }: OrgContext, channelId: string, error: unknown): void =>
  console.log(
    JSON.stringify({
      level: "error",
      msg: "digest not told",
      orgId,
      channelId,
      cause: error instanceof Error ? error.name : typeof error,
    }),
  );

/**
 * What was said last of each alert, the gravest first and what is resolved at the end; in as many messages as it takes, due one after
 * the other. All items of an alert go with one batch, so that what is left when a run is broken off is told rightly by the next.
 */
async function tellAll(org: OrgContext, { channelId, kind }: Channel): Promise<void> {
  const items = (await dueItems(org, channelId)).toSorted(byTime);
  const last = new Map(items.map((item) => [item.alertId, item]));
  const alerts = [...last.values()].toSorted((a, b) => rankOf(a) - rankOf(b) || byTime(a, b));
  const about = { channelId, from: items[0]?.at, to: items.at(-1)?.at };
  for (let first = 0; first < alerts.length; first += alertsMax) {
    const some = new Map(alerts.slice(first, first + alertsMax).map(({ alertId, id }) => [alertId, id]));
    const messages = await messagesOf(org, channelId, [...some.values()]);
    const ids = items.filter(({ alertId }) => some.has(alertId)).map(({ id }) => id);
    const told = await Promise.all(
      chunkForEvent(messages.map(brief), ...(limits[kind ?? "email"] ?? [])).map(async (chunk, index) => ({
        id: await derivedId("digest", org.id, channelId, String(index), ...ids),
        names: ["alert.digest"] as const,
        data: { ...about, alerts: chunk },
        to: [{ webhookId: channelId, at: new Date(org.now.getTime() + first + index).toISOString() }],
      })),
    );
    await org.db.atomic([taking(org, channelId, ids), ...eventStatementsIfChanged(org, ...told)]);
    await nudgeDeliveries(
      org,
      told.slice(0, 1).map(({ id }) => id),
    );
  }
}

async function dueItems(org: OrgContext, channelId: string): Promise<Item[]> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id, message ->> 'alertId' AS alertId, message ->> 'status' AS status, message ->> 'severity' AS severity,
         message ->> 'at' AS at
       FROM digest_items WHERE org_id = ?1 AND channel_id = ?2 AND +due_at <= ?3 ORDER BY due_at LIMIT ?4`,
      org.id,
      channelId,
      org.now.toISOString(),
      lookedAtMax,
    ),
  ]);
  // safe: the statement answers these columns.
  return rows as Item[];
}

/** In the order of the ids. */
async function messagesOf(org: OrgContext, channelId: string, ids: readonly string[]): Promise<AlertMessage[]> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT message FROM json_each(?3) i CROSS JOIN digest_items d
       WHERE d.org_id = ?1 AND d.channel_id = ?2 AND d.id = i.value ORDER BY i.key`,
      org.id,
      channelId,
      JSON.stringify(ids),
    ),
  ]);
  // safe: the statement answers this column, which holds what was written as this type.
  return (rows as { message: string }[]).map(({ message }) => JSON.parse(message) as AlertMessage);
}

/**
 * All of them or none: whoever comes second takes nothing, and what follows in the batch is not written. Of a channel that is disabled
 * or gone they are taken, too, and nobody is told.
 */
const taking = (org: OrgContext, channelId: string, ids: readonly string[]) =>
  org.db.sql(
    `DELETE FROM digest_items WHERE org_id = ?1 AND channel_id = ?2 AND id IN (SELECT value FROM json_each(?3))
       AND (SELECT count(*) FROM digest_items d WHERE d.org_id = ?1 AND d.channel_id = ?2
         AND d.id IN (SELECT value FROM json_each(?3))) = ?4`,
    org.id,
    channelId,
    JSON.stringify(ids),
    ids.length,
  );

const byTime = (a: Item, b: Item): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

const ranks = ["critical", "high", "medium", "low"] as const;
const rankOf = ({ status, severity }: Item): number => (status === "resolved" ? ranks.length : ranks.indexOf(severity));

/** The gravest thing an alert is about, with one piece of evidence: the API tells the rest. */
function brief({ items, omitted, ...rest }: AlertMessage): AlertMessage {
  const shown = items.slice(0, 1).map((item) => ({ ...item, evidence: item.evidence.slice(0, 1) }));
  return { ...rest, items: shown, omitted: omitted + items.length - shown.length };
}
