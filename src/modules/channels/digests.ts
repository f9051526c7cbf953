import type { Env } from "#env";
import { systemContext, type OrgContext } from "#db/context";
import { directoryDatabase, newMeter } from "#db/database";
import { chunkForEvent, eventStatementsIfChanged, nudgeDeliveries } from "#db/outbox";
import { shards } from "#db/shards";
import type { AlertMessage, DigestMessage } from "#db/values";
import { derivedId } from "#lib/id";

/** Items looked at per database and tick; the others come with the next one. */
const lookedAtMax = 2_000;

/** Items told at once: their JSON, of at most 18 kB each, is one parameter of a statement. */
const itemsMax = 50;

type WaitUntil = (promise: Promise<unknown>) => void;

/**
 * Tells every channel what has gathered for it and is due. Repeating it, or running it twice at once, tells nothing twice: what was
 * told is gone from the table by the same batch.
 */
export async function tellDigests(env: Env, now: Date, waitUntil: WaitUntil): Promise<void> {
  for (const [shard, d1] of shards(env).entries()) {
    const db = directoryDatabase(d1, newMeter());
    const [due] = await db.atomic([db.sql(dueChannels, now.toISOString(), lookedAtMax)]);
    // safe: the statement answers these two columns.
    for (const { orgId, channelId } of due as { orgId: string; channelId: string }[]) {
      const org = systemContext(env, { orgId, shard }, now, waitUntil);
      await tellAll(org, channelId).catch((error: unknown) => logFailure(org, channelId, error));
    }
  }
}

const dueChannels = `SELECT DISTINCT org_id AS orgId, channel_id AS channelId FROM (
  SELECT org_id, channel_id FROM digest_items WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2)`;

interface Item {
  readonly id: string;
  readonly message: AlertMessage;
}

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

async function tellAll(org: OrgContext, channelId: string): Promise<void> {
  for (let left = lookedAtMax; left > 0; left -= itemsMax) if ((await tellSome(org, channelId)) < itemsMax) return;
}

/** Answers how many items there were, `itemsMax` at most. */
async function tellSome(org: OrgContext, channelId: string): Promise<number> {
  const items = await dueItems(org, channelId);
  if (items.length === 0) return 0;
  const messages = digestsOf(channelId, items);
  const ids = items.map(({ id }) => id);
  const at = org.now.toISOString();
  const told = await Promise.all(
    messages.map(async (data, index) => ({
      id: await derivedId("digest", org.id, channelId, String(index), ...ids),
      names: ["alert.digest"] as const,
      data,
      to: [{ webhookId: channelId, at }],
    })),
  );
  await org.db.atomic([taking(org, channelId, ids), ...eventStatementsIfChanged(org, ...told)]);
  await nudgeDeliveries(
    org,
    told.map(({ id }) => id),
  );
  return items.length;
}

async function dueItems(org: OrgContext, channelId: string): Promise<Item[]> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id, message FROM digest_items
       WHERE org_id = ?1 AND channel_id = ?2 AND +due_at <= ?3 ORDER BY due_at LIMIT ?4`,
      org.id,
      channelId,
      org.now.toISOString(),
      itemsMax,
    ),
  ]);
  // safe: the statement answers these two columns.
  return (rows as { id: string; message: string }[]).map(({ id, message }) => ({
    id,
    message: JSON.parse(message) as AlertMessage,
  }));
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

const byTime = (a: AlertMessage, b: AlertMessage): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

const ranks = ["critical", "high", "medium", "low"] as const;
const rankOf = ({ status, severity }: AlertMessage): number =>
  status === "resolved" ? ranks.length : ranks.indexOf(severity);

/**
 * What was said last of each alert, the gravest first and what is resolved at the end; in as many messages as it takes, each of at most
 * 50 alerts and about 20 kB.
 */
function digestsOf(channelId: string, items: readonly Item[]): DigestMessage[] {
  const inOrder = items.map(({ message }) => message).toSorted(byTime);
  const last = new Map(inOrder.map((message) => [message.alertId, message]));
  const alerts = [...last.values()].toSorted((a, b) => rankOf(a) - rankOf(b) || byTime(a, b));
  const [from = "", to = ""] = [inOrder[0]?.at, inOrder.at(-1)?.at];
  return chunkForEvent(alerts.map(brief)).map((chunk) => ({ channelId, from, to, alerts: chunk }));
}

/** The gravest thing an alert is about, with one piece of evidence: the API tells the rest. */
function brief({ items, omitted, ...rest }: AlertMessage): AlertMessage {
  const shown = items.slice(0, 1).map((item) => ({ ...item, evidence: item.evidence.slice(0, 1) }));
  return { ...rest, items: shown, omitted: omitted + items.length - shown.length };
}
