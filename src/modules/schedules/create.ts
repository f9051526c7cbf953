import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { Fault } from "#lib/fault";
import { jsonOrNull } from "#lib/json";
import { audited, resolved, schedulesMax, scheduleStatement, waitingFor, type Schedule } from "./schedule.ts";
import type { ScheduleInput } from "./shapes.ts";

/** Makes a schedule. Faults: INVALID_REQUEST; CONFLICT when there are 100 already. */
export async function createSchedule(org: OrgContext, given: ScheduleInput): Promise<Schedule> {
  const row = newSchedule(org, await resolved(org, given));
  const entry = { action: "schedule.create", target: { type: "schedule", id: row.id }, after: audited(row) } as const;
  const [, stored] = await org.change(entry, [insert(org, row), scheduleStatement(org, row.id)], row);
  // safe: the select answers rows of the table; after a repeated request it is the row of the first.
  const [made] = stored as Schedule[];
  if (made) return made;
  throw new Fault("CONFLICT", `There are ${schedulesMax} schedules already. Delete one first.`);
}

function newSchedule(org: OrgContext, input: ScheduleInput): Schedule {
  const now = org.now.toISOString();
  const row = {
    orgId: org.id,
    id: org.newId(),
    ...input,
    nextTickAt: null,
    nextRunAt: null,
    lastRun: null,
    failingSince: null,
    version: 1,
    createdBy: org.actor.id,
    createdAt: now,
    updatedAt: now,
  };
  return { ...row, ...waitingFor(row, org.now) };
}

const insert = (org: OrgContext, row: Schedule): Statement =>
  org.db.sql(
    `INSERT INTO schedules (org_id, id, name, cron, time_zone, account_ids, regions, services, "window", enabled, next_tick_at, next_run_at,
       version, created_by, created_at, updated_at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 1, ?13, ?14, ?14
     WHERE (SELECT count(*) FROM schedules WHERE org_id = ?1) < ${schedulesMax} ON CONFLICT DO NOTHING`,
    org.id,
    row.id,
    row.name,
    row.cron,
    row.timeZone,
    jsonOrNull(row.accountIds),
    jsonOrNull(row.regions),
    jsonOrNull(row.services),
    jsonOrNull(row.window),
    Number(row.enabled),
    row.nextTickAt,
    row.nextRunAt,
    row.createdBy,
    row.createdAt,
  );
