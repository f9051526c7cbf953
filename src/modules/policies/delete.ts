import type { Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { notFound, refuseStale } from "#lib/fault";
import { audited, getPolicy } from "./policy.ts";

/** Deletes a policy; what was evaluated by it stays with the scans. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED. */
export async function deletePolicy(org: OrgContext, { id, ifMatch }: Naming): Promise<void> {
  const before = await getPolicy(org, id);
  refuseStale("policy", before.version, ifMatch);
  const entry = { action: "policy.delete", target: { type: "policy", id }, before: audited(before) } as const;
  const removal = org.db.sql(
    "DELETE FROM policies WHERE org_id = ?1 AND id = ?2 AND version = coalesce(?3, version) RETURNING id",
    org.id,
    id,
    ifMatch,
  );
  const [removed] = await org.change(entry, [removal]);
  // safe: the statement answers the id of what it removed.
  if ((removed as unknown[]).length > 0) return;
  refuseStale("policy", (await getPolicy(org, id)).version, ifMatch);
  throw notFound("policy");
}
