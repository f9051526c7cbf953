import type { Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { notFound, refuseStale } from "#lib/fault";
import { inputOf } from "./own-shapes.ts";
import { audited, getOwn } from "./own.ts";

/** Deletes a framework of the organization's own. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, CONFLICT for a built-in one. */
export async function deleteFramework(org: OrgContext, { id, ifMatch }: Naming): Promise<void> {
  const before = await getOwn(org, id);
  refuseStale("framework", before.version, ifMatch);
  const entry = {
    action: "framework.delete",
    target: { type: "framework", id },
    before: audited(inputOf(before)),
  } as const;
  const [removed] = await org.change(entry, [
    org.db.sql(
      "DELETE FROM custom_frameworks WHERE org_id = ?1 AND id = ?2 AND version = coalesce(?3, version) RETURNING id",
      org.id,
      id,
      ifMatch,
    ),
  ]);
  // safe: the statement answers the id of what it removed.
  if ((removed as unknown[]).length > 0) return;
  refuseStale("framework", (await getOwn(org, id)).version, ifMatch);
  throw notFound("framework");
}
