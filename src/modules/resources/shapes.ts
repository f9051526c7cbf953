import { z } from "@hono/zod-openapi";
import { commaList, Moment, SearchText, wordList } from "#http/shapes";
import { uuidPattern } from "#lib/id";
import { accountList, regionList, resourceTypes, serviceList } from "#modules/accounts";
import type { VersionRow } from "./history.ts";
import type { Resource } from "./resource.ts";
import { scoresOf, verdictsOf } from "./scores.ts";
import type { Counter } from "./stats.ts";

const arn = /^arn:[\w-]+:[^\s]{1,2000}$/;

export const resourceTypeList = commaList<string>(resourceTypes, "AWS::EC2::Volume");

export const ResourcePath = z.object({
  id: z
    .string()
    .overwrite((ref) => (ref.startsWith("arn:") ? ref : ref.toLowerCase()))
    .refine(
      (ref) => uuidPattern.test(ref) || arn.test(ref),
      "A resource is named by its UUID or its percent-encoded ARN.",
    )
    .openapi({ description: "UUID, or the percent-encoded ARN.", example: "8d2c8f6e-4b0a-8f3e-9a53-1f2f0f6f2b11" }),
});

export const ResourceQuery = z.object({
  accountId: accountList.optional(),
  region: regionList.optional(),
  service: serviceList.optional(),
  resourceType: resourceTypeList.optional(),
  state: wordList("running").optional(),
  cost: z
    .enum(["all", "paid", "free"])
    .default("all")
    .openapi({ description: "Resources that cost something, or nothing." }),
  tag: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .openapi({ description: "`key` or `key:value`.", example: "env:production" }),
  q: SearchText.optional(),
  updatedSince: Moment.optional(),
});

const time = z.iso.datetime();
export const resourceExample = {
  id: "8d2c8f6e-4b0a-8f3e-9a53-1f2f0f6f2b11",
  organizationId: "0199e0b1-0000-7000-8000-000000000001",
  accountId: "0199e0b2-7c1a-7d3e-9b1a-2f4c5d6e7f80",
  awsAccountId: "123456789012",
  resourceId: "vol-0a1b2c3d4e5f60718",
  arn: "arn:aws:ec2:eu-west-1:123456789012:volume/vol-0a1b2c3d4e5f60718",
  service: "ec2",
  resourceType: "AWS::EC2::Volume",
  region: "eu-west-1",
  name: "data",
  state: "available",
  tags: { env: "production", team: "platform" },
  attributes: { sizeGib: 100, volumeType: "gp3", encrypted: true },
  estimatedMonthlyCost: 8.8,
  riskScore: 20,
  costScore: 20,
  expiresAt: null,
  resourceCreatedAt: "2025-11-02T12:00:00.000Z",
  lastSeenAt: "2026-03-13T10:00:00.000Z",
  createdAt: "2026-01-15T09:30:00.000Z",
  updatedAt: "2026-03-13T10:00:00.000Z",
};

export const ResourceBody = z
  .object({
    id: z.uuid(),
    organizationId: z.uuid(),
    accountId: z.uuid(),
    awsAccountId: z.string(),
    resourceId: z.string().openapi({ description: "AWS's own id: what is unique within account and type." }),
    arn: z.string().nullable(),
    service: z.string(),
    resourceType: z.string().openapi({ description: "CloudFormation's name." }),
    region: z.string().openapi({ description: "`global` where it lives in none." }),
    name: z.string().nullable(),
    state: z.string().nullable().openapi({ description: "AWS's own word; null where the kind has none." }),
    tags: z.record(z.string(), z.string()),
    attributes: z.record(z.string(), z.unknown()),
    estimatedMonthlyCost: z
      .number()
      .nullable()
      .openapi({ description: "USD at list price; null where it is not known." }),
    riskScore: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .openapi({ description: "From the checks it fails; null while none could judge." }),
    costScore: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .openapi({ description: "From the cost checks it fails; null while none could judge." }),
    expiresAt: time.nullable(),
    resourceCreatedAt: time.nullable().openapi({ description: "When it was made in AWS." }),
    lastSeenAt: time,
    createdAt: time.openapi({ description: "When Cloudglass discovered it." }),
    updatedAt: time,
  })
  .openapi("Resource", { example: resourceExample });

export const ResourceWithVerdictsBody = ResourceBody.extend({
  verdicts: z
    .record(z.string(), z.enum(["pass", "fail", "unknown"]))
    .openapi({ description: "By check: what was last judged." }),
}).openapi("ResourceWithVerdicts", {
  example: { ...resourceExample, verdicts: { ebs_volume_unencrypted: "pass", orphaned_volume: "fail" } },
});

/** A resource as everybody may see it. */
export const resourceBody = ({ row, lastSeenAt }: Resource): z.input<typeof ResourceBody> => ({
  id: row.id,
  organizationId: row.orgId,
  accountId: row.accountId,
  awsAccountId: row.awsAccountId,
  resourceId: row.nativeId,
  arn: row.arn,
  service: row.service,
  resourceType: row.resourceType,
  region: row.region,
  name: row.name,
  state: row.state,
  tags: row.tags,
  attributes: row.attributes,
  estimatedMonthlyCost: row.costMonthly,
  ...scoresOf(row),
  expiresAt: row.expiresAt,
  resourceCreatedAt: row.resourceCreatedAt,
  lastSeenAt,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

export const resourceWithVerdictsBody = (resource: Resource): z.input<typeof ResourceWithVerdictsBody> => ({
  ...resourceBody(resource),
  verdicts: Object.fromEntries(verdictsOf(resource.row).map(([check, { status }]) => [check, status])),
});

export const VersionBody = z
  .object({
    resourceId: z.uuid().openapi({ description: "The resource's UUID." }),
    fromSeq: z.int().openapi({ description: "The account's scan since which it was so." }),
    toSeq: z.int().openapi({ description: "The scan that saw it otherwise, or gone." }),
    endedAt: time,
    name: z.string().nullable(),
    state: z.string().nullable(),
    region: z.string().nullable(),
    tags: z.record(z.string(), z.unknown()),
    attributes: z.record(z.string(), z.unknown()),
    expiresAt: z.string().nullable(),
  })
  .openapi("ResourceVersion", {
    example: {
      resourceId: resourceExample.id,
      fromSeq: 3,
      toSeq: 9,
      endedAt: "2026-03-13T10:00:00.000Z",
      name: "data",
      state: "in-use",
      region: "eu-west-1",
      tags: { env: "production" },
      attributes: { sizeGib: 100, volumeType: "gp2" },
      expiresAt: null,
    },
  });

const Snapshot = z.object({
  name: z.string().nullish(),
  state: z.string().nullish(),
  region: z.string().nullish(),
  tags: z.record(z.string(), z.unknown()).default({}),
  attributes: z.record(z.string(), z.unknown()).default({}),
  expires_at: z.string().nullish(),
});

/** One former state of a resource. */
export function versionBody({ resourceId, fromSeq, toSeq, endedAt, row }: VersionRow): z.input<typeof VersionBody> {
  const {
    name = null,
    state = null,
    region = null,
    tags,
    attributes,
    expires_at: expiresAt = null,
  } = Snapshot.parse(row);
  return { resourceId, fromSeq, toSeq, endedAt, name, state, region, tags, attributes, expiresAt };
}

const Counts = z.record(z.string(), z.int());
export const ResourceStatsBody = z
  .object({
    totalResources: z.int(),
    byService: Counts,
    byRegion: Counts,
    byState: Counts.openapi({ description: "Kinds without a state are left out." }),
    byType: Counts,
    byAccount: Counts.openapi({ description: "By the account's UUID." }),
  })
  .openapi("ResourceStats", {
    example: {
      totalResources: 243,
      byService: { ec2: 140, s3: 103 },
      byRegion: { "eu-west-1": 180, "us-east-1": 63 },
      byState: { running: 98, available: 132, stopped: 13 },
      byType: { "AWS::EC2::Instance": 140, "AWS::S3::Bucket": 103 },
      byAccount: { [resourceExample.accountId]: 243 },
    },
  });

/** Totals by group, from the counters. */
export function resourceStatsBody(rows: readonly Counter[]): z.input<typeof ResourceStatsBody> {
  const by = (dimension: string): Record<string, number> =>
    Object.fromEntries(
      rows.flatMap((row) =>
        row.dimension === dimension && row.value !== "" && row.total > 0 ? [[row.value, row.total]] : [],
      ),
    );
  return {
    totalResources: rows.find(({ dimension }) => dimension === "all")?.total ?? 0,
    byService: by("service"),
    byRegion: by("region"),
    byState: by("state"),
    byType: by("resourceType"),
    byAccount: by("account"),
  };
}

export const RegionsBody = z.array(z.string()).openapi("Regions", { example: ["eu-west-1", "global", "us-east-1"] });
export const ServicesBody = z.array(z.string()).openapi("Services", { example: ["acm", "ec2", "s3"] });
