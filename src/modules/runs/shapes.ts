import { z } from "@hono/zod-openapi";
import { idPath } from "#http/shapes";
import { scanBody, ScanBody, scanExample } from "#modules/scans";
import type { Run } from "#scans/start";
import type { RunWithScans } from "./get.ts";

const exampleRunId = scanExample.runId;

export const RunPath = idPath(exampleRunId);

const time = z.iso.datetime();

const RunFields = z.object({
  id: z.uuid(),
  organizationId: z.uuid(),
  trigger: z.enum(["api", "schedule"]),
  scheduleId: z.uuid().nullable().openapi({ description: "The schedule that started it." }),
  createdBy: z.string().nullable().openapi({ description: "The API key's id; null: a schedule." }),
  active: z.boolean().openapi({ description: "One of its scans has not ended." }),
  scans: z.array(ScanBody),
  createdAt: time,
});
const runExample = {
  id: exampleRunId,
  organizationId: scanExample.organizationId,
  trigger: "api" as const,
  scheduleId: null,
  createdBy: "0199e0b0-0000-7000-8000-000000000009",
  active: false,
  scans: [scanExample],
  createdAt: scanExample.createdAt,
};

/** An account that is not scanned now. */
export const SkippedBody = z
  .object({
    accountId: z.uuid(),
    reason: z.enum(["running", "disabled", "disconnected"]),
    scanId: z.uuid().optional().openapi({ description: "The scan that is running." }),
  })
  .openapi("SkippedAccount");

export const RunBody = RunFields.openapi("Run", { example: runExample });
export const StartedRunBody = RunFields.extend({
  skipped: z.array(SkippedBody).openapi({ description: "Accounts that are disabled, or being scanned already." }),
}).openapi("StartedRun", { example: { ...runExample, skipped: [] } });

/** A run with its scans. */
export const runBody = ({ run, scans }: RunWithScans): z.input<typeof RunBody> => ({
  id: run.id,
  organizationId: run.orgId,
  trigger: run.trigger,
  scheduleId: run.scheduleId,
  createdBy: run.createdBy,
  active: scans.some(({ active }) => active === 1),
  scans: scans.map(scanBody),
  createdAt: run.createdAt,
});

export const startedRunBody = ({ scans, skipped, ...run }: Run): z.input<typeof StartedRunBody> => ({
  ...runBody({ run, scans }),
  skipped: [...skipped],
});
