import type { Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { notFound, refuseStale } from "#lib/fault";
import { audited, getSchedule } from "./schedule.ts";

/** Deletes a schedule; the runs it started stay. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED. */
export async function deleteSchedule(org: OrgContext, { id, ifMatch }: Naming): Promise<void> {
  const before = await getSchedule(org, id);
  refuseStale("schedule", before.version, ifMatch);
  const entry = { action: "schedule.delete", target: { type: "schedule", id }, before: audited(before) } as const;
  const removal = org.db.sql(
    "DELETE FROM schedules WHERE org_id = ?1 AND id = ?2 AND version = coalesce(?3, version) RETURNING id",
    org.id,
    id,
    ifMatch,
  );
  const [removed] = await org.change(entry, [removal]);
  // safe: the statement answers the id of what it removed.
  if ((removed as unknown[]).length > 0) return;
  refuseStale("schedule", (await getSchedule(org, id)).version, ifMatch);
  throw notFound("schedule");
}
