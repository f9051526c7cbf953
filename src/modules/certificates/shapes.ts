import { z } from "@hono/zod-openapi";
import { commaList } from "#http/shapes";
import { accountList, regionList } from "#modules/accounts";
import { ResourcePath, type Resource } from "#modules/resources";
import { CertificateAttributes, daysUntil, sourceOf, sources } from "./certificate.ts";

/** ACM's own words. */
const statuses = [
  "ISSUED",
  "PENDING_VALIDATION",
  "EXPIRED",
  "INACTIVE",
  "REVOKED",
  "FAILED",
  "VALIDATION_TIMED_OUT",
] as const;

export const CertificatePath = ResourcePath;

export const CertificateQuery = z.object({
  accountId: accountList.optional(),
  region: regionList.optional(),
  source: commaList(sources, "acm").optional(),
  status: commaList(statuses, "ISSUED").optional(),
  expiresWithinDays: z.coerce
    .number()
    .int()
    .min(0)
    .max(3650)
    .optional()
    .openapi({ description: "Ended ones too.", example: 30 }),
  issued: z.stringbool().default(true).openapi({
    type: "boolean",
    default: true,
    description: "False: requests that were never issued and so have no end.",
  }),
});

const time = z.iso.datetime();

export const CertificateBody = z
  .object({
    id: z.uuid().openapi({ description: "The resource's UUID." }),
    organizationId: z.uuid(),
    accountId: z.uuid(),
    awsAccountId: z.string(),
    arn: z.string().nullable(),
    region: z.string(),
    name: z.string().nullable(),
    primaryDomain: z.string().nullable().openapi({ description: "Null: IAM does not tell." }),
    altNames: z.array(z.string()),
    notBefore: time.nullable(),
    notAfter: time.nullable(),
    daysUntilExpiry: z.int().nullable().openapi({ description: "Negative once it has ended." }),
    issuer: z.string().nullable(),
    algorithm: z.string().nullable(),
    source: z.enum(sources),
    inUse: z.boolean().nullable().openapi({ description: "Some AWS service presents it; null: not known." }),
    status: z.string().nullable().openapi({ description: "ACM's word; null for IAM." }),
    lastSeenAt: time,
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Certificate", {
    example: {
      id: "6f0d1c52-2c8e-8a41-b6f7-93a1c7d2e4b0",
      organizationId: "0199e0b1-0000-7000-8000-000000000001",
      accountId: "0199e0b2-7c1a-7d3e-9b1a-2f4c5d6e7f80",
      awsAccountId: "123456789012",
      arn: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666",
      region: "eu-west-1",
      name: "api.example.com",
      primaryDomain: "api.example.com",
      altNames: ["api.example.com", "*.example.com"],
      notBefore: "2025-03-27T00:00:00.000Z",
      notAfter: "2026-03-27T00:00:00.000Z",
      daysUntilExpiry: 13,
      issuer: "Amazon",
      algorithm: "RSA_2048",
      source: "acm",
      inUse: true,
      status: "ISSUED",
      lastSeenAt: "2026-03-13T10:00:00.000Z",
      createdAt: "2026-01-15T09:30:00.000Z",
      updatedAt: "2026-03-13T10:00:00.000Z",
    },
  });

/** A certificate as everybody may see it, with the days left from now. */
export function certificateBody(resource: Resource, now: Date): z.input<typeof CertificateBody> {
  const { row, lastSeenAt } = resource;
  const { altNames, ...facts } = CertificateAttributes.parse(row.attributes);
  const notAfter = row.expiresAt ?? facts.notAfter ?? null;
  return {
    id: row.id,
    organizationId: row.orgId,
    accountId: row.accountId,
    awsAccountId: row.awsAccountId,
    arn: row.arn,
    region: row.region,
    name: row.name,
    primaryDomain: facts.primaryDomain ?? null,
    altNames,
    notBefore: facts.notBefore ?? null,
    notAfter,
    daysUntilExpiry: notAfter === null ? null : daysUntil(notAfter, now),
    issuer: facts.issuer ?? null,
    algorithm: facts.algorithm ?? null,
    source: sourceOf(resource),
    inUse: facts.inUse ?? null,
    status: facts.status ?? row.state,
    lastSeenAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
