import { z } from "@hono/zod-openapi";
import { categories, exposures, severities } from "#checks/check";
import { checks } from "#checks/registry";
import { findingStatuses } from "#db/schema";
import { certificateBody, CertificateBody, isCertificate } from "#modules/certificates";
import { resourceBody, ResourceBody } from "#modules/resources";
import { environments, riskScoreOf } from "#scores/risk";
import type { Finding } from "./finding.ts";
import type { WholeFinding } from "./get.ts";

const byId = new Map(checks.map((check) => [check.id, check]));

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
  ignoredUntil: null,
  suppressionId: null,
  exempt: false,
  note: null,
  assignee: "ana@example.com",
  dueAt: "2026-04-01T00:00:00.000Z",
  ticket: { key: "OPS-123", url: "https://tickets.example.com/OPS-123" },
  decidedBy: null,
  decidedAt: null,
  exposure: "idle" as const,
  environment: "production" as const,
  riskScore: 0,
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
    ignoredUntil: time.nullable().openapi({ description: "Null: for good, where it is ignored." }),
    suppressionId: z.uuid().nullable().openapi({ description: "The suppression that ignores it." }),
    exempt: z
      .boolean()
      .openapi({ description: "Somebody reopened it although a suppression matches: none takes it again." }),
    note: z.string().nullable(),
    assignee: z.string().nullable(),
    dueAt: time.nullable(),
    ticket: z.object({ key: z.string(), url: z.string().nullable() }).nullable(),
    decidedBy: z.string().nullable().openapi({ description: "Who snoozed, ignored or reopened it last." }),
    decidedAt: time.nullable(),
    exposure: z.enum(exposures),
    environment: z.enum(environments),
    riskScore: z.number().openapi({ description: "0–100: what it alone adds to its resource's risk; 0 for cost." }),
    reopenedCount: z.int().openapi({
      description: "How often AWS brought it back; what people reopen, or put off until now, is not counted.",
    }),
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
    ...peoples(row),
    exposure: row.exposure,
    environment: row.environment,
    riskScore: riskScoreOf(row.riskLog),
    reopenedCount: row.reopenedCount,
    lastScanId: row.lastScanId,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** What people decided and noted. */
const peoples = (row: Finding["row"]) => ({
  snoozedUntil: row.snoozedUntil,
  ignoreReason: row.ignoreReason,
  ignoredUntil: row.ignoredUntil,
  suppressionId: row.suppressionId,
  exempt: row.exempt,
  note: row.note,
  assignee: row.assignee,
  dueAt: row.dueAt,
  ticket: row.ticket,
  decidedBy: row.decidedBy,
  decidedAt: row.decidedAt,
});

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
