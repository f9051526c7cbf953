import { and, eq } from "drizzle-orm";
import { changeVersion, type Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { schedules } from "#db/schema";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { audited, getSchedule, resolved, waitingFor, type Schedule } from "./schedule.ts";
import { inputOf, NewSchedule, type ScheduleInput } from "./shapes.ts";

/** Replaces a schedule. Faults: RESOURCE_NOT_FOUND, INVALID_REQUEST, PRECONDITION_FAILED, CONFLICT. */
export const replaceSchedule = (org: OrgContext, naming: Naming, input: ScheduleInput): Promise<Schedule> =>
  change(org, naming, () => input);

/** Merges a patch (RFC 7396) into a schedule. Faults: those of `replaceSchedule`. */
export const changeSchedule = (org: OrgContext, naming: Naming, patch: unknown): Promise<Schedule> =>
  change(org, naming, (before) => patched(NewSchedule, before, patch));

const change = (org: OrgContext, naming: Naming, to: (before: ScheduleInput) => ScheduleInput): Promise<Schedule> =>
  changeVersion(org, { what: "schedule", get: getSchedule }, naming, async (before) => {
    const known = inputOf(before);
    const input = await resolved(org, to(known), before.accountIds ?? []);
    if (canonicalJson(input) === canonicalJson(known)) return null;
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
    return {
      entry: { action: "schedule.update", target, before: audited(before), after: audited(after) },
      statements: [update],
    };
  });

const timingOf = ({ cron, timeZone, window, enabled }: Schedule): string =>
  canonicalJson({ cron, timeZone, window, enabled });
