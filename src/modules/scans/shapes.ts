import { z } from "@hono/zod-openapi";
import { scanStatuses } from "#db/schema";
import { exampleAccountId } from "#modules/accounts";
import type { ScanRow } from "#scans/claim";
import type { Component } from "./components.ts";
import type { CoverageEntry } from "./coverage.ts";

export const exampleScanId = "0199e0b3-0000-7000-8000-000000000002";

const time = z.iso.datetime();
const Cost = z.object({
  awsCalls: z.int(),
  stsCalls: z.int(),
  tasks: z.int(),
  rowsRead: z.int(),
  rowsWritten: z.int(),
  queueMessages: z.int(),
  durationMs: z.int().nullable(),
});

export const scanExample = {
  id: exampleScanId,
  organizationId: "0199e0b1-0000-7000-8000-000000000001",
  runId: "0199e0b3-0000-7000-8000-000000000001",
  kind: "account" as const,
  trigger: "api" as const,
  accountId: exampleAccountId,
  awsAccountId: "123456789012",
  hasKey: true,
  status: "complete" as const,
  regions: null,
  services: null,
  seq: 42,
  startedAt: "2026-03-13T08:00:01.000Z",
  completedAt: "2026-03-13T08:04:32.000Z",
  durationMs: 271_000,
  resourcesDiscovered: 243,
  resourcesDelta: 2,
  resourcesAdded: 3,
  resourcesChanged: 5,
  resourcesRemoved: 1,
  findingsNew: 1,
  findingsReopened: 0,
  findingsResolved: 2,
  errorMessage: null,
  cost: {
    awsCalls: 310,
    stsCalls: 18,
    tasks: 18,
    rowsRead: 900,
    rowsWritten: 120,
    queueMessages: 18,
    durationMs: 271_000,
  },
  createdAt: "2026-03-13T08:00:00.000Z",
  updatedAt: "2026-03-13T08:04:32.000Z",
};

export const ScanBody = z
  .object({
    id: z.uuid(),
    organizationId: z.uuid(),
    runId: z.uuid(),
    kind: z.enum(["account"]),
    trigger: z.enum(["api", "schedule"]),
    accountId: z.uuid().nullable().openapi({ description: "Null once the account was disconnected." }),
    awsAccountId: z.string(),
    hasKey: z.boolean().openapi({ description: "False once the account was disconnected." }),
    status: z.enum(scanStatuses),
    regions: z.array(z.string()).nullable().openapi({ description: "Null: what the account is set to." }),
    services: z.array(z.string()).nullable(),
    seq: z.int().openapi({ description: "The account's scans counted from 1." }),
    startedAt: time.nullable(),
    completedAt: time.nullable(),
    durationMs: z.int().nullable(),
    resourcesDiscovered: z.int(),
    resourcesDelta: z.int().openapi({ description: "Added minus removed." }),
    resourcesAdded: z.int(),
    resourcesChanged: z.int(),
    resourcesRemoved: z.int(),
    findingsNew: z.int(),
    findingsReopened: z.int(),
    findingsResolved: z.int(),
    errorMessage: z.string().nullable(),
    cost: Cost.openapi({ description: "What it asked of AWS and of the database." }),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Scan", { example: scanExample });

export const ScansBody = z.array(ScanBody);

/** A scan as everybody may see it. */
export function scanBody({ summary, ...row }: ScanRow): z.input<typeof ScanBody> {
  const durationMs =
    row.startedAt && row.completedAt ? Math.max(0, Date.parse(row.completedAt) - Date.parse(row.startedAt)) : null;
  const { resourcesDiscovered, resourcesAdded, resourcesChanged, resourcesRemoved } = summary;
  const { findingsNew, findingsReopened, findingsResolved } = summary;
  const { awsCalls, stsCalls, tasksTotal, rowsRead, rowsWritten, queueMessages } = summary;
  return {
    id: row.id,
    organizationId: row.orgId,
    runId: row.runId,
    kind: row.kind,
    trigger: row.trigger,
    accountId: row.accountId,
    awsAccountId: row.awsAccountId,
    hasKey: row.accountId !== null,
    status: row.status,
    regions: row.regions && [...row.regions],
    services: row.services && [...row.services],
    seq: row.seq,
    startedAt: row.startedAt,
    completedAt: row.completedAt,
    durationMs,
    resourcesDiscovered,
    resourcesDelta: resourcesAdded - resourcesRemoved,
    resourcesAdded,
    resourcesChanged,
    resourcesRemoved,
    findingsNew,
    findingsReopened,
    findingsResolved,
    errorMessage: row.errorMessage,
    cost: { awsCalls, stsCalls, tasks: tasksTotal, rowsRead, rowsWritten, queueMessages, durationMs },
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

const CoverageErrorBody = z.object({
  service: z.string(),
  action: z.string(),
  region: z.string(),
  code: z.string(),
  kind: z.string(),
  remedy: z.string(),
  count: z.int(),
});

export const CoverageBody = z
  .object({
    region: z.string(),
    service: z.string(),
    collector: z.string(),
    state: z.enum(["done", "skipped", "denied", "throttled", "failed"]),
    completeAt: time.nullable().openapi({ description: "When the whole list was last seen." }),
    resources: z.int(),
    pass: z.int(),
    fail: z.int(),
    unknown: z.int(),
    errors: z.array(CoverageErrorBody),
  })
  .openapi("Coverage", {
    example: {
      region: "eu-west-1",
      service: "ec2",
      collector: "ec2.volumes",
      state: "denied",
      completeAt: "2026-03-12T08:02:10.000Z",
      resources: 0,
      pass: 0,
      fail: 0,
      unknown: 12,
      errors: [
        {
          service: "ec2",
          action: "ec2:DescribeVolumes",
          region: "eu-west-1",
          code: "UnauthorizedOperation",
          kind: "denied",
          remedy: "Allow ec2:DescribeVolumes to the role.",
          count: 1,
        },
      ],
    },
  });

/** What came of one collector in one place. */
export function coverageBody({ region, service, collector, state }: CoverageEntry): z.input<typeof CoverageBody> {
  const { completeAt, resources, pass, fail, unknown, errors } = state;
  return {
    region,
    service,
    collector,
    state: state.state,
    completeAt,
    resources,
    pass,
    fail,
    unknown,
    errors: [...errors],
  };
}

export const ComponentBody = z
  .object({
    id: z.uuid().openapi({ description: "The resource's UUID." }),
    resourceId: z.string().nullable(),
    arn: z.string().nullable(),
    service: z.string().nullable(),
    resourceType: z.string().nullable(),
    region: z.string().nullable(),
    name: z.string().nullable(),
    state: z.string().nullable(),
    tags: z.record(z.string(), z.unknown()),
    attributes: z.record(z.string(), z.unknown()),
    expiresAt: z.string().nullable(),
    resourceCreatedAt: z.string().nullable(),
    fromSeq: z.int().openapi({ description: "The scan since which it was so." }),
    current: z.boolean().openapi({ description: "It is still so." }),
  })
  .openapi("Component", {
    example: {
      id: "8d2c8f6e-4b0a-8f3e-9a53-1f2f0f6f2b11",
      resourceId: "vol-0a1b2c3d4e5f60718",
      arn: "arn:aws:ec2:eu-west-1:123456789012:volume/vol-0a1b2c3d4e5f60718",
      service: "ec2",
      resourceType: "AWS::EC2::Volume",
      region: "eu-west-1",
      name: "data",
      state: "in-use",
      tags: { env: "production" },
      attributes: { sizeGib: 100 },
      expiresAt: null,
      resourceCreatedAt: "2025-11-02T12:00:00.000Z",
      fromSeq: 3,
      current: true,
    },
  });

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const members = z.record(z.string(), z.unknown()).default({});
const Row = z.object({
  native_id: text,
  arn: text,
  service: text,
  resource_type: text,
  region: text,
  name: text,
  state: text,
  expires_at: text,
  resource_created_at: text,
  tags: members,
  attributes: members,
});

/** A resource as it was as of a scan. */
export function componentBody({ id, fromSeq, current, row }: Component): z.input<typeof ComponentBody> {
  const { native_id, resource_type, expires_at, resource_created_at, ...same } = Row.parse(row);
  return {
    id,
    resourceId: native_id,
    resourceType: resource_type,
    ...same,
    expiresAt: expires_at,
    resourceCreatedAt: resource_created_at,
    fromSeq,
    current,
  };
}
