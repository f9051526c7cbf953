import { and, eq, sql } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { pin } from "#db/pin";
import { schedules } from "#db/schema";
import type { ScheduleRun } from "#db/values";
import { waitingFor, type Schedule } from "./schedule.ts";

export type Outcome = Pick<ScheduleRun, "outcome" | "runId" | "reason" | "skipped">;

/** So long a run that cannot be started is tried again; then its tick is given up. */
const givenUpAfterMs = 10 * 60_000;

/** It still waits for the tick, as it was read. */
const waits = (org: OrgContext, { id, version, nextRunAt }: Schedule) =>
  and(
    eq(schedules.orgId, org.id),
    eq(schedules.id, id),
    eq(schedules.version, version),
    eq(schedules.nextRunAt, nextRunAt ?? ""),
  );

/** Ahead of the batch that starts a run: the schedule still waits for this tick. */
export const fence = (org: OrgContext, { id, version, nextRunAt }: Schedule): Statement =>
  pin(
    org,
    "EXISTS (SELECT 1 FROM schedules WHERE org_id = ?1 AND id = ?2 AND version = ?3 AND next_run_at = ?4)",
    id,
    version,
    nextRunAt,
  );

/** Takes a schedule to the first run that starts after now, if it still waits. `outcome` null: nothing is told of the tick. */
export const move = (org: OrgContext, schedule: Schedule, outcome: Outcome | null): Statement =>
  org.db
    .update(schedules)
    .set({
      ...waitingFor(schedule, org.now),
      failingSince: null,
      ...(outcome ? { lastRun: lastRun(org, schedule, outcome) } : {}),
    })
    .where(waits(org, schedule));

const lastRun = (org: OrgContext, { nextTickAt }: Schedule, outcome: Outcome): ScheduleRun => ({
  at: org.now.toISOString(),
  scheduledFor: nextTickAt ?? org.now.toISOString(),
  ...outcome,
});

/** A run could not be started: it is tried again for ten minutes, and then its tick is given up. */
export async function noteFailure(org: OrgContext, schedule: Schedule): Promise<void> {
  const since = schedule.failingSince ?? org.now.toISOString();
  if (org.now.getTime() - Date.parse(since) >= givenUpAfterMs) {
    const reason = "INTERNAL: It could not be started for ten minutes. The next tick tries again.";
    await org.db.atomic([giveUp(org, schedule, { outcome: "failed", runId: null, reason, skipped: [] })]);
    return;
  }
  await org.db.atomic([
    org.db
      .update(schedules)
      .set({ failingSince: sql`coalesce(${schedules.failingSince}, ${since})` })
      .where(waits(org, schedule)),
  ]);
}

/** Where not even the next tick can be worked out, it waits for none until somebody changes it. */
function giveUp(org: OrgContext, schedule: Schedule, outcome: Outcome): Statement {
  try {
    return move(org, schedule, outcome);
  } catch {
    const none = { nextTickAt: null, nextRunAt: null, failingSince: null, lastRun: lastRun(org, schedule, outcome) };
    return org.db.update(schedules).set(none).where(waits(org, schedule));
  }
}
