import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { schedules } from "#db/schema";
import { Fault, refuseStale } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { audited, getSchedule, resolved, waitingFor, type Schedule } from "./schedule.ts";
import { inputOf, NewSchedule, type ScheduleInput } from "./shapes.ts";

export interface Naming {
  readonly id: string;
  readonly ifMatch: number | null;
}

/** Replaces a schedule. Faults: RESOURCE_NOT_FOUND, INVALID_REQUEST, PRECONDITION_FAILED, CONFLICT. */
export async function replaceSchedule(
  org: OrgContext,
  { id, ifMatch }: Naming,
  input: ScheduleInput,
): Promise<Schedule> {
  const before = await getSchedule(org, id);
  refuseStale("schedule", before.version, ifMatch);
  return write(org, before, ifMatch, input);
}

/** Merges a patch (RFC 7396) into a schedule. Faults: those of `replaceSchedule`. */
export async function changeSchedule(org: OrgContext, { id, ifMatch }: Naming, patch: unknown): Promise<Schedule> {
  const before = await getSchedule(org, id);
  refuseStale("schedule", before.version, ifMatch);
  return write(org, before, ifMatch, patched(NewSchedule, inputOf(before), patch));
}

async function write(
  org: OrgContext,
  before: Schedule,
  ifMatch: number | null,
  given: ScheduleInput,
): Promise<Schedule> {
  const input = await resolved(org, given, before.accountIds ?? []);
  if (canonicalJson(input) === canonicalJson(inputOf(before))) return before;
  const after: Schedule = { ...before, ...input, version: before.version + 1, updatedAt: org.now.toISOString() };
  const changes = {
    ...input,
    version: after.version,
    updatedAt: after.updatedAt,
    // Else what is due just now stays due.
    ...(timingOf(before) === timingOf(after) ? {} : { ...waitingFor(after, org.now), failingSince: null }),
  };
  const update = org.db
    .update(schedules)
    .set(changes)
    .where(and(eq(schedules.orgId, org.id), eq(schedules.id, before.id), eq(schedules.version, before.version)))
    .returning();
  const target = { type: "schedule", id: before.id };
  const entry = { action: "schedule.update", target, before: audited(before), after: audited(after) } as const;
  const [updated] = await org.change(entry, [update]);
  // safe: `returning` answers rows of the table.
  const [row] = updated as Schedule[];
  if (row) return row;
  refuseStale("schedule", (await getSchedule(org, before.id)).version, ifMatch);
  throw new Fault("CONFLICT", "The schedule was changed at the same moment. Read it again.");
}

const timingOf = ({ cron, timeZone, window, enabled }: Schedule): string =>
  canonicalJson({ cron, timeZone, window, enabled });
