import type { Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { notFound, refuseStale } from "#lib/fault";
import { resolveSome } from "./resolve.ts";
import { audited, getRule } from "./rule.ts";

/** Deletes a rule; its findings are resolved. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED. */
export async function deleteRule(org: OrgContext, { id, ifMatch }: Naming): Promise<void> {
  const before = await getRule(org, id);
  refuseStale("rule", before.version, ifMatch);
  const entry = { action: "rule.delete", target: { type: "rule", id }, before: audited(before) } as const;
  const end = org.db.sql(
    `UPDATE rules SET ended_at = ?3, enabled = 0, resolving = 1, version = version + 1, updated_at = ?3
     WHERE org_id = ?1 AND id = ?2 AND ended_at IS NULL AND version = coalesce(?4, version) RETURNING id`,
    org.id,
    id,
    org.now.toISOString(),
    ifMatch,
  );
  const [ended] = await org.change(entry, [end]);
  // safe: the statement answers the id of what it ended.
  if ((ended as unknown[]).length > 0) {
    await resolveSome(org);
    return;
  }
  refuseStale("rule", (await getRule(org, id)).version, ifMatch);
  throw notFound("rule");
}
