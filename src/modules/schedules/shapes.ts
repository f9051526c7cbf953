import { z } from "@hono/zod-openapi";
import { patchOf } from "#http/patch";
import { Enabled, idPath, TimeOfDay, TimeZone } from "#http/shapes";
import { exampleAccountId } from "#modules/accounts";
import { SkippedBody } from "#modules/runs";
import { scanScope } from "#modules/scans";
import { runsAfter, type Schedule } from "./schedule.ts";
import type { Due } from "./timing.ts";

const exampleId = "019ab9c4-1d2e-7a3b-8c4d-5e6f70819202";

export const SchedulePath = idPath(exampleId);
export const ScheduleQuery = z.object({ enabled: Enabled.optional() });

const Window = z
  .strictObject({ from: TimeOfDay, to: TimeOfDay })
  .refine(({ from, to }) => from !== to, "`from` and `to` must differ; leave the window out to run at any time")
  .openapi("ScheduleWindow", { example: { from: "22:00", to: "06:00" } });

const timing = {
  cron: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .openapi({
      description:
        "`minute hour day-of-the-month month day-of-the-week`, each `*`, or a list of values, ranges and steps; or `@hourly`, `@daily`, " +
        "`@weekly`, `@monthly`, `@yearly`. Where both days are restricted, one of them is enough.",
      example: "30 2 * * 1-5",
    }),
  timeZone: TimeZone.default("UTC"),
  window: Window.nullable().default(null).openapi({
    description: "Local time. Runs start only then; ticks outside are left out. Null: at any time.",
  }),
};

const example = {
  name: "Nightly",
  cron: "30 2 * * *",
  timeZone: "Europe/Berlin",
  accountIds: [exampleAccountId],
  regions: null,
  services: null,
  window: null,
  enabled: true,
};

/** A schedule as people write it. */
export const NewSchedule = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    ...timing,
    ...scanScope,
    enabled: z.boolean().default(true),
  })
  .openapi("NewSchedule", { example });
export type ScheduleInput = z.output<typeof NewSchedule>;

export const SchedulePatch = patchOf("SchedulePatch", NewSchedule, { enabled: false });

export const PreviewSchedule = z
  .strictObject(timing)
  .openapi("PreviewSchedule", { example: { cron: "30 2 * * *", timeZone: "Europe/Berlin", window: null } });

const time = z.iso.datetime();

const LastRun = z.object({
  at: time,
  scheduledFor: time.openapi({ description: "The tick; earlier than `at` by the delay, or because it was missed." }),
  outcome: z.enum(["started", "skipped", "failed"]),
  runId: z.uuid().nullable(),
  reason: z.string().nullable().openapi({ description: "Why it was not started: `SCAN_RUNNING: …`." }),
  skipped: z.array(SkippedBody).openapi({ description: "Accounts that were left out." }),
});

export const ScheduleBody = z
  .object({
    id: z.uuid(),
    name: z.string(),
    cron: z.string(),
    timeZone: z.string(),
    accountIds: z.array(z.uuid()).nullable().openapi({ description: "Null: every account." }),
    regions: z.array(z.string()).nullable(),
    services: z.array(z.string()).nullable(),
    window: Window.nullable(),
    enabled: z.boolean(),
    nextRuns: z.array(time).openapi({
      description:
        "The next five, with the delay that spreads schedules: always the same, ten minutes at most, and at most a tenth of the time between ticks.",
    }),
    lastRun: LastRun.nullable().openapi({ description: "What came of the last tick." }),
    createdBy: z.string().nullable(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Schedule", {
    example: {
      id: exampleId,
      ...example,
      nextRuns: ["2026-03-14T01:34:00.000Z", "2026-03-15T01:34:00.000Z"],
      lastRun: {
        at: "2026-03-13T01:34:00.000Z",
        scheduledFor: "2026-03-13T01:30:00.000Z",
        outcome: "started",
        runId: "0199e0b3-0000-7000-8000-000000000001",
        reason: null,
        skipped: [],
      },
      createdBy: null,
      version: 1,
      createdAt: "2026-03-12T08:00:00.000Z",
      updatedAt: "2026-03-12T08:00:00.000Z",
    },
  });

const copy = (values: readonly string[] | null): string[] | null => values && [...values];

const nextRunsShown = 5;

export function scheduleBody(row: Schedule, now: Date): z.input<typeof ScheduleBody> {
  const next = row.enabled ? runsAfter(row, now, nextRunsShown) : [];
  return {
    id: row.id,
    ...inputOf(row),
    nextRuns: next.map(({ start }) => new Date(start).toISOString()),
    lastRun: row.lastRun && { ...row.lastRun, skipped: [...row.lastRun.skipped] },
    createdBy: row.createdBy,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** A schedule as somebody would write it. */
export const inputOf = (row: Schedule): ScheduleInput => ({
  name: row.name,
  cron: row.cron,
  timeZone: row.timeZone,
  window: row.window,
  accountIds: copy(row.accountIds),
  regions: copy(row.regions),
  services: copy(row.services),
  enabled: row.enabled,
});

export const PreviewBody = z
  .object({
    nextRuns: z.array(
      z.object({
        at: time.openapi({ description: "The tick." }),
        localTime: z
          .string()
          .openapi({ description: "The same by the clock of the time zone.", example: "2026-03-14T02:30" }),
        latestAt: time.openapi({ description: "The run starts no later." }),
      }),
    ),
  })
  .openapi("SchedulePreview", {
    example: {
      nextRuns: [
        { at: "2026-03-14T01:30:00.000Z", localTime: "2026-03-14T02:30", latestAt: "2026-03-14T01:40:00.000Z" },
      ],
    },
  });

export const previewBody = (due: readonly Due[]): z.input<typeof PreviewBody> => ({
  nextRuns: due.map(({ tick, local, delayMax }) => ({
    at: new Date(tick).toISOString(),
    localTime: new Date(local).toISOString().slice(0, 16),
    latestAt: new Date(tick + delayMax).toISOString(),
  })),
});
