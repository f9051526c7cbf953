import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { newReceiver } from "#deliveries/receiver";
import { Fault } from "#lib/fault";
import { jsonOrNull } from "#lib/json";
import { addressOf } from "./address.ts";
import { audited, channelStatement, type Channel, type ChannelInput } from "./channel.ts";

/** Channels of one organization. */
const channelsMax = 50;

/** Makes a channel. Faults: WEBHOOK_URL_BLOCKED; CHANNEL_UNAVAILABLE; CONFLICT when the organization has 50 already. */
export async function createChannel(org: OrgContext, input: ChannelInput): Promise<Channel> {
  const id = org.newId();
  const row = newRow(org, id, input, await addressOf(org, id, input, null));
  const entry = { action: "channel.create", target: { type: "channel", id }, after: audited(row) } as const;
  const [, found] = await org.change(entry, [insertBelowLimit(org, row), channelStatement(org, id)], row);
  // safe: the select answers a channel; after a repeated request it is the row of the first.
  const [stored] = found as Channel[];
  if (!stored) throw new Fault("CONFLICT", `There are ${channelsMax} channels already. Delete one first.`);
  return stored;
}

function newRow(
  org: OrgContext,
  id: string,
  input: ChannelInput,
  address: Awaited<ReturnType<typeof addressOf>>,
): Channel {
  const { kind, name, description, status, digest } = input;
  return { ...newReceiver(org, id, status), kind, name, description, digest, events: [], ...address };
}

const insertBelowLimit = (org: OrgContext, row: Channel): Statement =>
  org.db.sql(
    `INSERT INTO webhooks (org_id, id, kind, name, url, description, events, secret, config, digest, status, disabled_reason,
       disabled_at, version, created_at, updated_at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, '[]', ?7, ?8, ?9, ?10, ?11, ?12, 1, ?13, ?13
     WHERE (SELECT count(*) FROM webhooks WHERE org_id = ?1 AND kind <> 'webhook') < ${channelsMax}
     ON CONFLICT DO NOTHING`,
    ...[org.id, row.id, row.kind, row.name, row.url, row.description, row.secret, JSON.stringify(row.config)],
    jsonOrNull(row.digest),
    ...[row.status, row.disabledReason, row.disabledAt, row.createdAt],
  );
