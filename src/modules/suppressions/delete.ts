import { refuseStale } from "#lib/fault";
import type { OrgContext } from "#db/context";
import { sweepStart } from "#scans/sweep-suppressions";
import { audited, getSuppression } from "./suppression.ts";
import { sweepNow } from "./sweep.ts";

/**
 * Deletes a suppression: what it has is given back, to the next that matches or to whoever looks at open findings. Faults:
 * RESOURCE_NOT_FOUND, PRECONDITION_FAILED.
 */
export async function deleteSuppression(org: OrgContext, id: string, ifMatch: number | null): Promise<void> {
  const before = await getSuppression(org, id);
  refuseStale("suppression", before.version, ifMatch);
  const entry = { action: "suppression.delete", target: { type: "suppression", id }, before: audited(before) } as const;
  const end = org.db.sql(
    `UPDATE suppressions SET deleted = 1, ended_at = ?3, sweep_after = ${sweepStart}, version = version + 1, updated_at = ?3
     WHERE org_id = ?1 AND id = ?2 AND deleted = 0 AND version = coalesce(?4, version) RETURNING id`,
    org.id,
    id,
    org.now.toISOString(),
    ifMatch,
  );
  const [ended] = await org.change(entry, [end]);
  // safe: the statement answers the id of what it ended.
  if ((ended as unknown[]).length === 0) refuseStale("suppression", (await getSuppression(org, id)).version, ifMatch);
  await sweepNow(org);
}
