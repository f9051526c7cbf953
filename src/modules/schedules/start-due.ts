import { and, isNotNull, lte } from "drizzle-orm";
import type { Env } from "#env";
import { systemContext, type OrgContext } from "#db/context";
import { directoryDatabase, newMeter, type Meter } from "#db/database";
import { hasMovedOn } from "#db/pin";
import { schedules } from "#db/schema";
import { shards } from "#db/shards";
import { Fault } from "#lib/fault";
import { derivedIdAt, uuid7Time } from "#lib/id";
import { beginRun, chooseAccounts, nothingReady } from "#scans/start";
import { fence, move, noteFailure, type Outcome } from "./move.ts";
import type { Schedule } from "./schedule.ts";
import { isOpen } from "./timing.ts";

/** Schedules read in one tick of one database. */
const tickMax = 300;

/** Statements made in one tick, before the run that goes beyond: half of what D1 lets an invocation make. What is left comes with the next tick. */
const statementsMax = 500;

/** Somebody may start a scan of an account between looking and writing; it is then looked at again, so often at most. */
const looksMax = 3;

/**
 * Starts what is due. A tick starts one run however often this is called, side by side or after a crash: its run is made in the batch that takes
 * the schedule to its next tick, and only while the schedule still waits for this one. Of ticks that were missed the first
 * is made up for. A schedule that fails stops no other; it is tried again with the next call.
 */
export async function startDueSchedules(env: Env, now: Date, waitUntil: OrgContext["waitUntil"]): Promise<void> {
  const failures: unknown[] = [];
  const pool = shards(env);
  for (const [shard, d1] of pool.entries()) {
    const meter = newMeter();
    for (const schedule of await dueSchedules(d1, now, meter)) {
      if (meter.statements >= statementsMax / pool.length) break;
      const org = systemContext(env, { orgId: schedule.orgId, shard }, now, waitUntil, meter);
      try {
        await startOne(org, schedule);
      } catch (error) {
        failures.push(error);
        await noteFailure(org, schedule).catch((again: unknown) => failures.push(again));
      }
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** The longest due first, by an index that holds only those that wait. What fails comes after all that do not (null sorts first). */
const dueSchedules = (d1: D1Database, now: Date, meter: Meter): Promise<Schedule[]> =>
  directoryDatabase(d1, meter)
    .select()
    .from(schedules)
    .where(and(isNotNull(schedules.nextRunAt), lte(schedules.nextRunAt, now.toISOString())))
    .orderBy(schedules.failingSince, schedules.nextRunAt)
    .limit(tickMax);

async function startOne(org: OrgContext, schedule: Schedule): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await startOnce(org, schedule);
    } catch (error) {
      // It no longer waits for this tick: somebody else was faster, or it was changed.
      if (hasMovedOn(error)) return;
      if (isStarted(error)) return void (await org.db.atomic([move(org, schedule, null)]));
      if (!(error instanceof Fault && error.code === "SCAN_RUNNING") || looks === looksMax) throw error;
    }
  }
}

async function startOnce(org: OrgContext, schedule: Schedule): Promise<void> {
  const { id, nextTickAt, accountIds, regions, services } = schedule;
  const scheduledFor = nextTickAt ?? org.now.toISOString();
  if (!isOpen(schedule, org.now.getTime())) return skip(org, schedule, { reason: windowClosed, skipped: [] });
  const choice = await chooseAccounts(org, accountIds);
  const gone = choice.missing.map((accountId) => ({ accountId, reason: "disconnected" as const }));
  const skipped = [...choice.skipped, ...gone];
  if (choice.ready.length === 0) return skip(org, schedule, { reason: whyNone(skipped), skipped });
  const runId = await derivedIdAt(uuid7Time(new Date(scheduledFor)), "run", id, scheduledFor);
  const moved = move(org, schedule, { outcome: "started", runId, reason: null, skipped });
  await beginRun(org, {
    ready: choice.ready,
    skipped,
    regions,
    services,
    trigger: "schedule",
    schedule: { id, runId, fence: fence(org, schedule), moved },
  });
}

const windowClosed = "WINDOW_CLOSED: It could not be started before its window closed.";

function whyNone(skipped: Outcome["skipped"]): string {
  if (skipped.some(({ reason }) => reason === "running")) {
    const { code, detail } = nothingReady(skipped);
    return `${code}: ${detail}`;
  }
  return "NO_ACCOUNT: Every account it is about is disabled or disconnected.";
}

async function skip(org: OrgContext, schedule: Schedule, why: Pick<Outcome, "reason" | "skipped">): Promise<void> {
  await org.db.atomic([move(org, schedule, { outcome: "skipped", runId: null, ...why })]);
}

/** The tick has its run already: the schedule was changed since, and came back to it. */
const isStarted = (error: unknown): boolean =>
  String((error as Error | undefined)?.message).includes("UNIQUE constraint failed: runs.");
