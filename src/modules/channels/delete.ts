import type { OrgContext } from "#db/context";
import { Fault, notFound, refuseStale } from "#lib/fault";
import { endPending } from "#modules/webhooks";
import { dropGathered } from "./change.ts";
import { audited, getChannel } from "./channel.ts";

/** Rules `r` that name a channel, as their own or for a tag or account. Parameter 2 is its id. */
const namedBy = `alert_rules r WHERE r.org_id = ?1 AND (
    EXISTS (SELECT 1 FROM json_each(r.channels) c WHERE c.value = ?2)
    OR EXISTS (SELECT 1 FROM json_each(r.route, '$.channels') v, json_each(v.value) c WHERE c.value = ?2))`;

/**
 * Deletes a channel; what was still to be told there ends. Faults: RESOURCE_NOT_FOUND; PRECONDITION_FAILED; CONFLICT while alert rules
 * name it.
 */
export async function deleteChannel(org: OrgContext, id: string, ifMatch: number | null): Promise<void> {
  const before = await getChannel(org, id);
  refuseStale("channel", before.version, ifMatch);
  const entry = { action: "channel.delete", target: { type: "channel", id }, before: audited(before) } as const;
  const removal = org.db.sql(
    `DELETE FROM webhooks WHERE org_id = ?1 AND id = ?2 AND version = coalesce(?3, version)
       AND NOT EXISTS (SELECT 1 FROM ${namedBy}) RETURNING id`,
    org.id,
    id,
    ifMatch,
  );
  const names = org.db.sql(`SELECT r.name FROM ${namedBy} ORDER BY r.name LIMIT 10`, org.id, id);
  const [removed, , , naming] = await org.change(entry, [
    removal,
    endPending(org, id, org.now),
    dropGathered(org, id),
    names,
  ]);
  // safe: the statements answer the id of what was removed, and names of rules.
  if ((removed as unknown[]).length > 0) return;
  const rules = (naming as { name: string }[]).map(({ name }) => `"${name}"`);
  refuseStale("channel", (await getChannel(org, id)).version, ifMatch);
  if (rules.length === 0) throw notFound("channel");
  throw new Fault("CONFLICT", `Alert rules tell this channel: ${rules.join(", ")}. Take it out of them first.`);
}
