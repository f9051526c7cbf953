import { and, eq, type InferInsertModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { webhooks } from "#db/schema";
import { leaseMs } from "#deliveries/claim";
import { endPending } from "#deliveries/ladder";
import { byHand } from "#deliveries/receiver";
import { Fault, refuseStale } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { addressOf } from "./address.ts";
import { audited, getChannel, inputOf, type Channel, type ChannelInput } from "./channel.ts";
import { ChannelChange, channelInput } from "./shapes.ts";

export interface Naming {
  readonly id: string;
  readonly ifMatch: number | null;
}

/** Replaces a channel; the secret it has stays where none is given. Faults: as `changeChannel`. */
export const replaceChannel = (org: OrgContext, naming: Naming, input: ChannelInput): Promise<Channel> =>
  change(org, naming, () => input);

/**
 * Merges a patch (RFC 7396) into a channel. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, INVALID_REQUEST (also for another kind),
 * WEBHOOK_URL_BLOCKED; CONFLICT when it was changed at the same moment.
 */
export const changeChannel = (org: OrgContext, naming: Naming, patch: unknown): Promise<Channel> =>
  change(org, naming, (before) => {
    if (typeof patch === "object" && patch !== null && "kind" in patch) refuseOtherKind(before, patch.kind);
    return channelInput(patched(ChannelChange, before, patch));
  });

async function change(
  org: OrgContext,
  { id, ifMatch }: Naming,
  to: (before: ChannelInput) => ChannelInput,
): Promise<Channel> {
  const before = await getChannel(org, id);
  refuseStale("channel", before.version, ifMatch);
  const was = inputOf(before);
  const input = to(was);
  refuseOtherKind(was, input.kind);
  if (canonicalJson(input) === canonicalJson(was)) return before;
  const values = valuesOf(org, before, input, await addressOf(org, id, input, before));
  const after: Channel = { ...before, ...values };
  const entry = {
    action: "channel.update",
    target: { type: "channel", id },
    before: audited(before),
    after: audited(after),
  } as const;
  const [updated] = await org.change(entry, [update(org, before, values), ...consequences(org, before, after)]);
  // safe: `returning` answers rows of the table.
  const [row] = updated as Channel[];
  if (row) return row;
  refuseStale("channel", (await getChannel(org, id)).version, ifMatch);
  throw new Fault("CONFLICT", "The channel was changed at the same moment. Read it again.");
}

function refuseOtherKind({ kind }: ChannelInput, asked: unknown): void {
  if (asked === kind) return;
  const message = `must stay \`${kind}\`; make another channel for another kind`;
  throw new Fault("INVALID_REQUEST", `body /kind ${message}.`, { errors: [{ in: "body", pointer: "/kind", message }] });
}

type Values = Pick<
  Channel,
  | "name"
  | "description"
  | "digest"
  | "url"
  | "secret"
  | "config"
  | "version"
  | "updatedAt"
  | "status"
  | "disabledReason"
  | "disabledAt"
> &
  Partial<Pick<Channel, "failures" | "failingSince" | "warned" | "busyUntil">>;

/** Enabled again, or reached another way, it starts without the failures and the pause it had; a lease, which is never longer than `leaseMs`, stays. Whoever was told of them hears when it works. */
function valuesOf(
  org: OrgContext,
  before: Channel,
  { name, description, digest, status }: ChannelInput,
  address: Awaited<ReturnType<typeof addressOf>>,
): Values {
  const now = org.now.toISOString();
  const switched = status !== before.status;
  const pausedMs = before.busyUntil === null ? 0 : Date.parse(before.busyUntil) - org.now.getTime();
  const fresh = (switched && status === "enabled") || address.secret !== before.secret;
  return {
    ...{ name, description, digest, status, ...address },
    disabledReason: switched ? (status === "disabled" ? byHand : null) : before.disabledReason,
    disabledAt: switched ? (status === "disabled" ? now : null) : before.disabledAt,
    ...(fresh ? { failures: 0, failingSince: null, warned: before.warned === 0 ? 0 : -1 } : {}),
    ...(fresh && pausedMs > leaseMs ? { busyUntil: null } : {}),
    version: before.version + 1,
    updatedAt: now,
  };
}

const update = (
  org: OrgContext,
  { id, version }: Channel,
  values: Partial<InferInsertModel<typeof webhooks>>,
): Statement =>
  org.db
    .update(webhooks)
    .set(values)
    .where(and(eq(webhooks.orgId, org.id), eq(webhooks.id, id), eq(webhooks.version, version)))
    .returning();

/**
 * What waits for a channel that is switched off is dropped: it would be old when it is switched on. What waits for a digest that was
 * changed is told by the next run of the cron job, so that nothing is told later than was promised.
 */
function consequences(org: OrgContext, before: Channel, after: Channel): Statement[] {
  if (after.status === "disabled") return [endPending(org, after.id, org.now), dropGathered(org, after.id)];
  if (canonicalJson(after.digest) === canonicalJson(before.digest)) return [];
  return [
    org.db.sql(
      `UPDATE digest_items SET due_at = min(due_at, ?3) WHERE org_id = ?1 AND channel_id = ?2
         AND EXISTS (SELECT 1 FROM webhooks w WHERE w.org_id = ?1 AND w.id = ?2 AND w.version = ?4)`,
      org.id,
      after.id,
      after.updatedAt,
      after.version,
    ),
  ];
}

/** Nothing waits for a digest of a channel that is disabled or gone. */
export const dropGathered = (org: OrgContext, id: string): Statement =>
  org.db.sql(
    `DELETE FROM digest_items WHERE org_id = ?1 AND channel_id = ?2
       AND NOT EXISTS (SELECT 1 FROM webhooks w WHERE w.org_id = ?1 AND w.id = ?2 AND w.status = 'enabled')`,
    org.id,
    id,
  );
