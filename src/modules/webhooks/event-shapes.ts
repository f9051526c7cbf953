import { z } from "@hono/zod-openapi";
import { severities } from "#checks/check";
import { kindNames } from "#collectors/expiring";
import type { EventName } from "#db/outbox";
import { MessageBody } from "#modules/alerts";
import { ConditionResultBody } from "#modules/policies";
import { eventSamples } from "./event-samples.ts";

const time = z.iso.datetime();

const test = z.literal(true).optional().openapi({ description: "Only in what `POST /webhooks/{id}/test` sends." });

const scan = {
  test,
  scanId: z.uuid(),
  runId: z.uuid(),
  accountId: z.uuid().nullable().openapi({ description: "Null: it was disconnected." }),
  awsAccountId: z.string(),
};

const findings = z
  .object({
    ...scan,
    scanId: z.uuid().nullable().openapi({ description: "Null: it happened outside of a scan." }),
    runId: z.uuid().nullable(),
    accountId: z.uuid(),
    at: time,
    findings: z
      .array(
        z.object({
          id: z.uuid(),
          type: z.string().openapi({ description: "A check, or `rule:<id>`." }),
          title: z.string(),
          severity: z.enum(severities),
          summary: z.string(),
          service: z.string(),
          region: z.string(),
          resourceId: z.uuid(),
          resourceArn: z.string().nullable(),
          resourceName: z.string().nullable(),
        }),
      )
      .openapi({ description: "At most 50, of one severity." }),
  })
  .openapi("FindingsEvent");

const expiring = z
  .object({
    test,
    accountId: z.uuid(),
    awsAccountId: z.string(),
    at: time,
    withinDays: z.int().openapi({ description: "30, 14, 7 or 1." }),
    expiring: z.array(
      z.object({
        resourceId: z.uuid(),
        kind: z.enum(kindNames).nullable(),
        resourceType: z.string(),
        arn: z.string().nullable(),
        name: z.string().nullable(),
        region: z.string(),
        expiresAt: time,
        daysLeft: z.int(),
      }),
    ),
  })
  .openapi("ExpiringEvent");

const scanChanged = z.object(scan).openapi("ScanEvent");

const counts = [
  "resourcesDiscovered",
  "resourcesAdded",
  "resourcesChanged",
  "resourcesRemoved",
  "findingsNew",
  "findingsReopened",
  "findingsResolved",
  "awsCalls",
  "stsCalls",
  "rowsRead",
  "rowsWritten",
  "queueMessages",
  "tasksTotal",
  "tasksDone",
] as const;

const scanEnded = z
  .object({
    ...scan,
    status: z.enum(["complete", "partial", "error"]),
    errorMessage: z.string().nullable(),
    summary: z.partialRecord(z.enum(counts), z.int()).openapi({
      type: "object",
      properties: Object.fromEntries(counts.map((name) => [name, { type: "integer" }])),
      additionalProperties: false,
      description: "What it did and cost; empty of one that could not begin.",
    }),
  })
  .openapi("ScanEndedEvent");

const runEnded = z
  .object({
    test,
    runId: z.uuid(),
    trigger: z.enum(["api", "schedule"]),
    startedAt: time,
    completedAt: time,
    status: z
      .enum(["complete", "partial", "error", "canceled"])
      .openapi({ description: "Of the scan that came out worst." }),
    scans: z.object({ total: z.int(), complete: z.int(), partial: z.int(), error: z.int(), canceled: z.int() }),
    findings: z.object({ new: z.int(), reopened: z.int(), resolved: z.int() }),
    accounts: z
      .array(
        z.object({
          scanId: z.uuid(),
          accountId: scan.accountId,
          awsAccountId: z.string(),
          status: z.enum(["complete", "partial", "error", "canceled"]),
        }),
      )
      .openapi({ description: "At most 50." }),
  })
  .openapi("RunEvent");

const violated = z
  .object({
    ...scan,
    evaluationId: z.uuid(),
    policyId: z.uuid(),
    policyName: z.string(),
    policyVersion: z.int(),
    at: time,
    violations: z.array(ConditionResultBody),
  })
  .openapi("PolicyEvent");

const receiver = {
  test,
  webhookId: z.uuid(),
  kind: z.enum(["webhook", "slack", "teams", "pagerduty", "email"]),
  name: z.string().nullable(),
  url: z.string().nullable().openapi({ description: "Its origin." }),
  failingSince: time.nullable(),
  lastError: z.string().nullable(),
  at: time,
};

const alert = MessageBody.extend({ test }).openapi("AlertEvent");

const shapes: Readonly<Record<EventName, z.ZodType>> = {
  "finding.opened": findings,
  "finding.resolved": findings,
  "finding.reopened": findings,
  "finding.critical": findings,
  "security.drift": findings,
  "cost.anomaly": findings,
  "certificate.expiring": expiring,
  "secret.expiring": expiring,
  "scan.started": scanChanged,
  "scan.completed": scanEnded,
  "scan.failed": scanEnded,
  "scan.canceled": scanChanged,
  "run.completed": runEnded,
  "alert.triggered": alert,
  "alert.resolved": alert,
  "alert.digest": z.object({ test, channelId: z.uuid(), from: time, to: time, alerts: z.array(MessageBody) }),
  "policy.violated": violated,
  "account.error": scanEnded,
  "webhook.test": z.object({ test, message: z.string() }),
  "webhook.failing": z.object({ ...receiver, stage: z.enum(["day", "three_days"]), disablesAt: time }),
  "webhook.disabled": z.object({ ...receiver, reason: z.string() }),
  "webhook.recovered": z.object(receiver),
};

/** What `data` of each event is, with a sample: for the description of the API (src/http/openapi.ts) and for tests. Never in the Worker. */
export const eventShapes = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => [name, { shape, sample: eventSamples[name as EventName] }]),
);
