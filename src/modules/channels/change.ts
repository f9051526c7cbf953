import { changeVersion, type Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { endPending } from "#deliveries/ladder";
import { updateReceiver, withWhatFollows } from "#deliveries/receiver";
import { Fault } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { addressOf } from "./address.ts";
import { audited, inputOf, ofChannels, type Channel, type ChannelInput } from "./channel.ts";
import { ChannelChange, channelInput } from "./shapes.ts";

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

const change = (org: OrgContext, naming: Naming, to: (before: ChannelInput) => ChannelInput): Promise<Channel> =>
  changeVersion(org, ofChannels, naming, async (before) => {
    const { id } = before;
    const input = to(inputOf(before));
    refuseOtherKind(before, input.kind);
    const { name, description, digest, status } = input;
    const said = { name, description, digest, status, ...(await addressOf(org, id, input, before)) };
    const after: Channel = { ...before, ...said };
    if (canonicalJson(after) === canonicalJson(before)) return null;
    return {
      entry: {
        action: "channel.update",
        target: { type: "channel", id },
        before: audited(before),
        after: audited(after),
      },
      statements: [
        updateReceiver(org, before, withWhatFollows(org, before, said)),
        ...consequences(org, before, after),
      ],
    };
  });

function refuseOtherKind({ kind }: Pick<ChannelInput, "kind">, asked: unknown): void {
  if (asked === kind) return;
  const message = `must stay \`${kind}\`; make another channel for another kind`;
  throw new Fault("INVALID_REQUEST", `body /kind ${message}.`, { errors: [{ in: "body", pointer: "/kind", message }] });
}

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
      org.now.toISOString(),
      before.version + 1,
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
