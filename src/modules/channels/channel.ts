import { and, eq, ne } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { listRows, whenAlone } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { webhooks } from "#db/schema";
import type { ChannelConfig, DigestTimes } from "#db/values";
import { getDelivery, listDeliveries, type DeliveryDetail } from "#deliveries/log";
import type { Receiver, Receivers } from "#deliveries/receiver";
import { notFound } from "#lib/fault";

export const channelKinds = ["slack", "teams", "pagerduty", "email"] as const;
export type Kind = (typeof channelKinds)[number];

/** A row of `webhooks` that is a channel. */
export type Channel = Receiver & { readonly kind: Kind; readonly name: string; readonly config: ChannelConfig };

/** What people say of a channel. Left out: the secret (a URL, a routing key) that it has. */
export interface ChannelInput {
  readonly kind: Kind;
  readonly name: string;
  readonly description: string | null;
  readonly status: "enabled" | "disabled";
  readonly digest: DigestTimes | null;
  readonly url?: string | undefined;
  readonly routingKey?: string | undefined;
  readonly region?: "us" | "eu" | undefined;
  readonly recipients?: readonly string[] | undefined;
}

interface ChannelFilters {
  readonly kind?: readonly Kind[] | undefined;
  readonly status?: readonly ("enabled" | "disabled")[] | undefined;
}

const sortable = { createdAt: webhooks.id, name: webhooks.name };
export const channelSort = Object.keys(sortable);

/** A page of the channels, the newest first. */
export async function listChannels(
  org: OrgContext,
  page: PageRequest,
  { kind = channelKinds, status }: ChannelFilters,
): Promise<Page<Channel>> {
  const found = await listRows(org, {
    table: webhooks,
    page,
    order: [{ column: webhooks.id, descending: true }],
    filters: [{ column: webhooks.kind, values: kind }],
    sortable,
    conditions: whenAlone(status, (word) => eq(webhooks.status, word)),
  });
  // safe: the filter lets only channels through, and those have these members.
  return { ...found, rows: found.rows as Channel[] };
}

export const channelStatement = (org: OrgContext, id: string): Statement =>
  org.db
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.orgId, org.id), eq(webhooks.id, id), ne(webhooks.kind, "webhook")));

/** What `channelStatement` answered. Fault: RESOURCE_NOT_FOUND. */
export function requireChannel(rows: unknown): Channel {
  // safe: the statement above answers channels.
  const [row] = rows as Channel[];
  if (!row) throw notFound("channel");
  return row;
}

/** Fault: RESOURCE_NOT_FOUND, also for a webhook. */
export async function getChannel(org: OrgContext, id: string): Promise<Channel> {
  const [rows] = await org.db.atomic([channelStatement(org, id)]);
  return requireChannel(rows);
}

export const ofChannels = {
  what: "channel",
  get: getChannel,
  statement: channelStatement,
  require: requireChannel,
} as const satisfies Receivers;

type DeliveryFilters = Parameters<typeof listDeliveries>[3];

/** A page of what was told to a channel, the newest first. Fault: RESOURCE_NOT_FOUND. */
export const listChannelDeliveries = (
  org: OrgContext,
  id: string,
  page: PageRequest,
  filters: DeliveryFilters,
): ReturnType<typeof listDeliveries> => listDeliveries(org, id, page, filters, ofChannels);

/** One delivery with its attempts. Fault: RESOURCE_NOT_FOUND. */
export const getChannelDelivery = (org: OrgContext, id: string, deliveryId: string): Promise<DeliveryDetail> =>
  getDelivery(org, id, deliveryId, ofChannels);

/** Where it leads, as far as it may be shown: the rest opens it. Null: e-mail, whose recipients say so. */
export const targetOf = ({ url, config }: Channel): string | null =>
  config.ending === undefined ? null : `${url}/…${config.ending}`;

/** A channel as people said it, without its secret. */
export const inputOf = ({ kind, name, description, status, digest, config }: Channel): ChannelInput => ({
  kind,
  name,
  description,
  status,
  digest,
  ...(config.region === undefined ? {} : { region: config.region }),
  ...(config.recipients === undefined ? {} : { recipients: config.recipients }),
});

/** What the audit log tells of a channel. */
export const audited = (row: Channel): Record<string, unknown> => ({ ...inputOf(row), target: targetOf(row) });
