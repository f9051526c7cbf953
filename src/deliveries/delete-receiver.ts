import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { Fault, notFound, refuseStale } from "#lib/fault";
import { endPending } from "./ladder.ts";
import type { Receiver, Receivers } from "./receiver.ts";

/** Alert rules `r` that name a receiver, as their own or for a tag or account. Parameter 2 is its id. */
const namedBy = `alert_rules AS r WHERE r.org_id = ?1 AND (
    EXISTS (SELECT 1 FROM json_each(r.channels) AS c WHERE c.value = ?2)
    OR EXISTS (SELECT 1 FROM json_each(r.route, '$.channels') AS v CROSS JOIN json_each(v.value) AS c WHERE c.value = ?2))`;

/** How a receiver is deleted. */
export interface Deletion {
  readonly ifMatch: number | null;
  /** For the audit log. */
  readonly before: Readonly<Record<string, unknown>>;
  /** What goes with it. */
  readonly also?: readonly Statement[];
}

/**
 * Deletes a receiver and ends what was still to be delivered to it. An attempt under way is not called back; its outcome is
 * not recorded. Faults: RESOURCE_NOT_FOUND; PRECONDITION_FAILED; CONFLICT while alert rules name it.
 */
export async function deleteReceiver(
  org: OrgContext,
  { what, get }: Receivers,
  { id, version }: Receiver,
  { ifMatch, before, also = [] }: Deletion,
): Promise<void> {
  refuseStale(what, version, ifMatch);
  const entry = { action: `${what}.delete`, target: { type: what, id }, before } as const;
  const removal = org.db.sql(
    `DELETE FROM webhooks WHERE org_id = ?1 AND id = ?2 AND version = coalesce(?3, version)
       AND NOT EXISTS (SELECT 1 FROM ${namedBy}) RETURNING id`,
    org.id,
    id,
    ifMatch,
  );
  const names = org.db.sql(`SELECT r.name FROM ${namedBy} ORDER BY r.name LIMIT 10`, org.id, id);
  const [removed, naming] = await org.change(entry, [removal, names, endPending(org, id, org.now), ...also]);
  // safe: the statements answer the id of what was removed, and names of rules.
  if ((removed as unknown[]).length > 0) return;
  const rules = (naming as { name: string }[]).map(({ name }) => `"${name}"`);
  refuseStale(what, (await get(org, id)).version, ifMatch);
  if (rules.length === 0) throw notFound(what);
  throw new Fault("CONFLICT", `Alert rules tell this ${what}: ${rules.join(", ")}. Take it out of them first.`);
}
