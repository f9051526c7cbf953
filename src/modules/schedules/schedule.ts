import { and, eq, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { schedules } from "#db/schema";
import { CronError } from "#lib/cron";
import { Fault, notFound } from "#lib/fault";
import { accountIdsOf, servicesOf } from "#modules/accounts";
import type { ScheduleInput } from "./shapes.ts";
import { shareOf, upcoming, type Due, type Timing } from "./timing.ts";

export type Schedule = InferSelectModel<typeof schedules>;

/** Schedules of one organization. */
export const schedulesMax = 100;

/** Fault: RESOURCE_NOT_FOUND. */
export async function getSchedule(org: OrgContext, id: string): Promise<Schedule> {
  const [rows] = await org.db.atomic([scheduleStatement(org, id)]);
  // safe: the statement answers rows of the table.
  const [row] = rows as Schedule[];
  if (!row) throw notFound("schedule");
  return row;
}

export const scheduleStatement = (org: OrgContext, id: string): Statement =>
  org.db
    .select()
    .from(schedules)
    .where(and(eq(schedules.orgId, org.id), eq(schedules.id, id)));

/** What the audit log tells of a schedule. */
export const audited = (row: Schedule) => {
  const { name, cron, timeZone, accountIds, regions, services, window, enabled } = row;
  return { name, cron, timeZone, accountIds, regions, services, window, enabled };
};

/** The runs of a schedule that start after a moment. */
export const runsAfter = (row: Schedule, at: Date, count: number): Due[] =>
  upcoming(row, shareOf(row.orgId, row.id), at.getTime(), count);

/** What it waits for from a moment on: nothing while it is disabled. */
export function waitingFor(row: Schedule, at: Date): Pick<Schedule, "nextTickAt" | "nextRunAt"> {
  const [due] = row.enabled ? runsAfter(row, at, 1) : [];
  return {
    nextTickAt: due ? new Date(due.tick).toISOString() : null,
    nextRunAt: due ? new Date(due.start).toISOString() : null,
  };
}

/**
 * What people wrote, with accounts by their UUIDs and services by AWS's names. Accounts that the schedule named before may have gone.
 * Fault: INVALID_REQUEST for any other that is not there, and when it would never run.
 */
export async function resolved(
  org: OrgContext,
  input: ScheduleInput,
  before: readonly string[] = [],
): Promise<ScheduleInput> {
  requireTicks(input, org.now);
  const services = input.services && servicesOf(input.services);
  return { ...input, services, accountIds: await accountIdsOf(org, input.accountIds, before) };
}

/** Faults: INVALID_REQUEST for an expression that cannot be read, or a schedule that would never run. */
export function requireTicks(timing: Timing, now: Date): void {
  const message = whyNever(timing, now);
  if (message === null) return;
  const errors = [{ in: "body" as const, pointer: "/cron", message }];
  throw new Fault("INVALID_REQUEST", `body /cron: ${message}`, { errors });
}

function whyNever(timing: Timing, now: Date): string | null {
  try {
    if (upcoming({ ...timing, window: null }, 0, now.getTime(), 1).length === 0) return "No day matches it, ever.";
    const isOpen = timing.window === null || upcoming(timing, 0, now.getTime(), 1).length > 0;
    return isOpen ? null : "None of its ticks falls into the window.";
  } catch (error) {
    if (error instanceof CronError) return error.message;
    throw error;
  }
}
