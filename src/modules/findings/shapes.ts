import { z } from "@hono/zod-openapi";
import { categories, severities } from "#checks/check";
import { checks } from "#checks/registry";
import { findingStatuses, type FindingStatus } from "#db/schema";
import { accountList, commaList, Moment, regionList, SearchText, serviceList, uuidList } from "#modules/accounts";
import { certificateBody, CertificateBody, isCertificate } from "#modules/certificates";
import { resourceBody, ResourceBody, resourceTypeList } from "#modules/resources";
import type { Finding } from "./finding.ts";
import { findingTypeList } from "./type-shapes.ts";
import type { WholeFinding } from "./get.ts";
import type { FindingCounts } from "./stats.ts";

const byId = new Map(checks.map((check) => [check.id, check]));

const StatusList = commaList([...findingStatuses, "all"], "open").transform((words): readonly FindingStatus[] =>
  findingStatuses.filter((status) => words.includes("all") || words.includes(status)),
);

export const FindingPath = z.object({
  id: z.string().pipe(z.uuid()).openapi({ example: "9b1deb4d-3b7d-8bad-9bdd-2b0d7b3dcb6d" }),
});

export const FindingQuery = z.object({
  status: StatusList.default(["open"]).openapi({
    type: "string",
    default: "open",
    description: `Comma list of: ${findingStatuses.join(", ")}, all.`,
    example: "open,snoozed",
  }),
  severity: commaList(severities, "critical,high").optional(),
  type: findingTypeList.optional(),
  category: commaList(categories, "security").optional(),
  accountId: accountList.optional(),
  region: regionList.optional(),
  service: serviceList.optional(),
  resourceType: resourceTypeList.optional(),
  resourceId: uuidList.optional(),
  q: SearchText.optional(),
  updatedSince: Moment.optional(),
});

export const FindingStatsQuery = z.object({
  status: StatusList.default([...findingStatuses]).openapi({
    type: "string",
    default: "all",
    description: "Which findings the groups count; `byStatus` always counts all of them.",
    example: "open",
  }),
});

const time = z.iso.datetime();
const Categories = z.enum(categories);
const Severities = z.enum(severities);
const example = {
  id: "9b1deb4d-3b7d-8bad-9bdd-2b0d7b3dcb6d",
  organizationId: "0199e0b1-0000-7000-8000-000000000001",
  accountId: "0199e0b2-7c1a-7d3e-9b1a-2f4c5d6e7f80",
  awsAccountId: "123456789012",
  resourceId: "8d2c8f6e-4b0a-8f3e-9a53-1f2f0f6f2b11",
  resourceType: "AWS::EC2::Volume",
  resourceArn: "arn:aws:ec2:eu-west-1:123456789012:volume/vol-0a1b2c3d4e5f60718",
  resourceName: "data",
  certificateId: null,
  region: "eu-west-1",
  service: "ec2",
  type: "orphaned_volume",
  title: "An EBS volume is attached to nothing",
  category: "cost" as const,
  severity: "medium" as const,
  status: "open" as const,
  summary: "EBS volume gp3 100 GiB is not attached to any instance.",
  details: { sizeGib: 100, volumeType: "gp3" },
  evidence: [{ call: "ec2:DescribeVolumes", field: "State", value: "available" }],
  estimatedMonthlySavings: 8.8,
  firstDetectedAt: "2026-02-01T00:00:00.000Z",
  lastDetectedAt: "2026-03-13T10:00:00.000Z",
  detectionCount: 42,
  lastVerifiedAt: "2026-03-13T10:00:00.000Z",
  stale: false,
  resolvedAt: null,
  snoozedUntil: null,
  ignoreReason: null,
  reopenedCount: 0,
  lastScanId: "0199e0b3-0000-7000-8000-000000000002",
  version: 1,
  createdAt: "2026-02-01T00:00:00.000Z",
  updatedAt: "2026-02-01T00:00:00.000Z",
};

export const FindingBody = z
  .object({
    id: z.uuid(),
    organizationId: z.uuid(),
    accountId: z.uuid(),
    awsAccountId: z.string(),
    resourceId: z.uuid(),
    resourceType: z.string(),
    resourceArn: z.string().nullable(),
    resourceName: z.string().nullable(),
    certificateId: z.uuid().nullable().openapi({ description: "The resource's id where it is a certificate." }),
    region: z.string(),
    service: z.string(),
    type: z.string().openapi({ description: "The check's id, or `rule:<id>`." }),
    title: z.string(),
    category: z.enum(categories),
    severity: z.enum(severities),
    status: z.enum(findingStatuses),
    summary: z.string(),
    details: z
      .record(z.string(), z.unknown())
      .openapi({ description: "Facts by type, with what depends on today added." }),
    evidence: z.array(z.object({ call: z.string(), field: z.string(), value: z.unknown() })),
    estimatedMonthlySavings: z.number().nullable().openapi({ description: "USD at list price." }),
    firstDetectedAt: time,
    lastDetectedAt: time,
    detectionCount: z.int().openapi({ description: "How many scans saw it." }),
    lastVerifiedAt: time.openapi({ description: "When it was last known to be so." }),
    stale: z.boolean().openapi({ description: "The newest scan could not tell." }),
    resolvedAt: time.nullable(),
    snoozedUntil: time.nullable(),
    ignoreReason: z.string().nullable(),
    reopenedCount: z.int(),
    lastScanId: z.uuid(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Finding", { example });

export const WholeFindingBody = FindingBody.extend({
  rationale: z.string().nullable().openapi({ description: "Why it matters; null where the check is no longer known." }),
  remediation: z.string().nullable(),
  controls: z.record(z.string(), z.array(z.string())).openapi({ description: "Framework → controls." }),
  resource: z.union([ResourceBody, z.null()]).openapi({ description: "Null: it is gone." }),
  certificate: z
    .union([CertificateBody, z.null()])
    .openapi({ description: "Null: the resource is none, or it is gone." }),
}).openapi("FindingWithResource", {
  example: {
    ...example,
    rationale: "Detached disks are billed in full.",
    remediation: "Take a snapshot if the data might matter, then delete the volume.",
    controls: {},
    resource: null,
    certificate: null,
  },
});

/** A finding as everybody may see it; `now` decides what its details say of today. */
export function findingBody({ row, detection }: Finding, now: Date): z.input<typeof FindingBody> {
  return {
    id: row.id,
    organizationId: row.orgId,
    accountId: row.accountId,
    awsAccountId: row.awsAccountId,
    resourceId: row.resourceId,
    resourceType: row.resourceType,
    resourceArn: row.resourceArn,
    resourceName: row.resourceName,
    certificateId: isCertificate(row.resourceType) ? row.resourceId : null,
    region: row.region,
    service: row.service,
    type: row.type,
    title: row.title,
    category: Categories.parse(row.category),
    severity: Severities.parse(row.severity),
    status: row.status,
    summary: row.summary,
    details: { ...row.details, ...byId.get(row.type)?.atRead?.(row.details, now) },
    evidence: [...row.evidence],
    estimatedMonthlySavings: row.savingsMonthly,
    firstDetectedAt: row.firstDetectedAt,
    ...detection,
    resolvedAt: row.resolvedAt,
    snoozedUntil: row.snoozedUntil,
    ignoreReason: row.ignoreReason,
    reopenedCount: row.reopenedCount,
    lastScanId: row.lastScanId,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** The finding with the check's words, its resource and its certificate. */
export function wholeFindingBody(finding: WholeFinding, now: Date): z.input<typeof WholeFindingBody> {
  const { resource } = finding;
  return {
    ...findingBody(finding, now),
    rationale: finding.about?.rationale ?? null,
    remediation: finding.about?.remediation ?? null,
    controls: Object.fromEntries(
      Object.entries(finding.about?.controls ?? {}).map(([framework, ids]) => [framework, [...ids]]),
    ),
    resource: resource && resourceBody(resource),
    certificate: resource && isCertificate(resource.row.resourceType) ? certificateBody(resource, now) : null,
  };
}

const Counts = z.record(z.string(), z.int());
export const FindingStatsBody = z
  .object({
    totalFindings: z.int(),
    byStatus: z.object({ open: z.int(), snoozed: z.int(), ignored: z.int(), resolved: z.int() }),
    bySeverity: z.object({ critical: z.int(), high: z.int(), medium: z.int(), low: z.int() }),
    byType: Counts,
    byCategory: Counts,
    byService: Counts,
    byRegion: Counts,
    byAccount: Counts.openapi({ description: "By the account's UUID." }),
  })
  .openapi("FindingStats", {
    example: {
      totalFindings: 87,
      byStatus: { open: 54, snoozed: 6, ignored: 4, resolved: 23 },
      bySeverity: { critical: 0, high: 12, medium: 38, low: 37 },
      byType: { orphaned_volume: 50, security_group_open_port: 37 },
      byCategory: { cost: 50, security: 37 },
      byService: { ec2: 87 },
      byRegion: { "eu-west-1": 87 },
      byAccount: { [example.accountId]: 87 },
    },
  });

/** Totals by group, from the counters. */
export function findingStatsBody({ statuses, rows }: FindingCounts): z.input<typeof FindingStatsBody> {
  const sum = (row: FindingCounts["rows"][number]): number =>
    statuses.reduce((total, status) => total + row[status], 0);
  const by = (dimension: string): Record<string, number> =>
    Object.fromEntries(
      rows.flatMap((row) => (row.dimension === dimension && sum(row) > 0 ? [[row.value, sum(row)]] : [])),
    );
  const all = rows.find(({ dimension }) => dimension === "all");
  return {
    totalFindings: all ? sum(all) : 0,
    byStatus: {
      open: all?.open ?? 0,
      snoozed: all?.snoozed ?? 0,
      ignored: all?.ignored ?? 0,
      resolved: all?.resolved ?? 0,
    },
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0, ...by("severity") },
    byType: by("type"),
    byCategory: by("category"),
    byService: by("service"),
    byRegion: by("region"),
    byAccount: by("account"),
  };
}
