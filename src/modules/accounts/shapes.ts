import { z } from "@hono/zod-openapi";
import { knownRegions } from "#aws/regions";
import { usualPace } from "#db/values";
import { commaList, Moment, SearchText } from "#http/shapes";
import type { Account, ConnectedAccount } from "./account.ts";
import { AccountRef, exampleAccountId } from "./filters.ts";
import { serviceWords } from "./services.ts";

export const environments = ["production", "staging", "development", "test", "sandbox", "shared", "other"] as const;
export const methods = ["keyless", "role", "access_key"] as const;
const statuses = ["pending", "ok", "error"] as const;

const time = z.iso.datetime();

export const AccountPath = z.object({ id: AccountRef });

export const AccountQuery = z.object({
  status: commaList(statuses, "ok").optional(),
  environment: commaList(environments, "production").optional(),
  q: SearchText.optional(),
  updatedSince: Moment.optional(),
});

const Name = z.string().trim().min(1).max(100);
const Regions = z
  .array(z.enum(knownRegions))
  .min(1)
  .transform((names) => [...new Set(names)].toSorted())
  .nullable()
  .openapi({
    description: "Regions to look at; null: every region the account has enabled.",
    example: ["eu-west-1", "us-east-1"],
  });
const Services = z
  .array(z.enum(serviceWords))
  .min(1)
  .nullable()
  .openapi({ description: "Services to look at; null: every service Cloudglass knows.", example: ["ec2", "s3"] });

const Enabled = z.boolean().openapi({ description: "False: it is not scanned; what is known of it stays." });

const RoleArn = z
  .string()
  .max(600)
  .regex(/^arn:aws(?:-cn|-us-gov)?:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, "Not the ARN of an IAM role.")
  .openapi({ example: "arn:aws:iam::123456789012:role/cloudglass" });
const KeylessCredential = z
  .strictObject({ method: z.literal("keyless"), roleArn: RoleArn })
  .openapi("KeylessCredential", { description: "A role that trusts tokens of this deployment: no secret is kept." });
const RoleCredential = z
  .strictObject({ method: z.literal("role"), roleArn: RoleArn })
  .openapi("RoleCredential", { description: "A role that trusts the operator's principal with an external id." });
const AccessKeyCredential = z
  .strictObject({
    method: z.literal("access_key"),
    accessKeyId: z
      .string()
      .regex(/^AKIA[A-Z0-9]{16}$/, "Not the id of a long-lived access key (AKIA…).")
      .openapi({ example: "AKIAIOSFODNN7EXAMPLE" }),
    secretAccessKey: z
      .string()
      .regex(/^[A-Za-z0-9/+=]{40}$/, "A secret access key has 40 characters.")
      .openapi({ format: "password", example: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }),
  })
  .openapi("AccessKeyCredential");

export const Credential = z
  .discriminatedUnion("method", [KeylessCredential, RoleCredential, AccessKeyCredential])
  .openapi("AccountCredential", { description: "Written, never read back." });

/** `usualPace` says what null stands for. */
const paceMembers = {
  tasksAtOnce: z
    .int()
    .min(1)
    .max(64)
    .nullable()
    .openapi({ description: `Tasks of one scan side by side; null: ${usualPace.tasksAtOnce}.` }),
  callsPerTask: z
    .int()
    .min(1)
    .max(2000)
    .nullable()
    .openapi({ description: `AWS calls after which a task hands the rest on; null: ${usualPace.callsPerTask}.` }),
  requestsPerSecond: z
    .int()
    .min(1)
    .max(100)
    .nullable()
    .openapi({ description: `Requests per second to one service; null: ${usualPace.requestsPerSecond}.` }),
};
const paceText = { description: "How hard the account may be asked; null: as usual.", example: { tasksAtOnce: 4 } };
const Pace = z
  .strictObject({
    tasksAtOnce: paceMembers.tasksAtOnce.default(null),
    callsPerTask: paceMembers.callsPerTask.default(null),
    requestsPerSecond: paceMembers.requestsPerSecond.default(null),
  })
  .nullable()
  .openapi(paceText);
const PacePatch = z.strictObject(paceMembers).partial().nullable().openapi(paceText);

const example = {
  name: "Production",
  environment: "production",
  regions: ["eu-west-1", "us-east-1"],
  services: null,
} as const;
const role = { method: "role", roleArn: "arn:aws:iam::123456789012:role/cloudglass" } as const;

export const ConnectAccount = z
  .strictObject({
    name: Name,
    environment: z.enum(environments),
    awsAccountId: z.string().regex(/^\d{12}$/, "An AWS account number has 12 digits."),
    credential: Credential,
    regions: Regions.default(null),
    services: Services.default(null),
    pace: Pace.default(null),
    enabled: Enabled.default(true),
  })
  .openapi("ConnectAccount", { example: { ...example, awsAccountId: "123456789012", credential: role } });

export const ReplaceAccount = z
  .strictObject({
    name: Name,
    environment: z.enum(environments),
    regions: Regions.default(null),
    services: Services.default(null),
    pace: Pace.default(null),
    enabled: Enabled.default(true),
    credential: Credential.optional().openapi({
      description: "Left out: it stays what it is, since nobody can read it.",
    }),
  })
  .openapi("ReplaceAccount", { example });

export const ChangeAccount = z
  .strictObject({
    name: Name.optional(),
    environment: z.enum(environments).optional(),
    regions: Regions.optional(),
    services: Services.optional(),
    pace: PacePatch.optional(),
    enabled: Enabled.optional(),
    credential: Credential.optional(),
  })
  .openapi("ChangeAccount", { example: { name: "Production EU", regions: ["eu-west-1"] } });

const accountExample = {
  id: exampleAccountId,
  organizationId: "0199e0b1-0000-7000-8000-000000000001",
  name: "Production",
  awsAccountId: "123456789012",
  environment: "production" as const,
  status: "ok" as const,
  lastError: null,
  credentialMethod: "role" as const,
  enabledRegions: ["eu-west-1", "us-east-1"],
  enabledServices: null,
  pace: null,
  enabled: true,
  isManagement: false,
  lastScanId: "0199e0b3-0000-7000-8000-000000000002",
  lastScanAt: "2026-03-13T08:04:32.000Z",
  lastScanState: "complete",
  connectedAt: "2026-01-01T00:05:00.000Z",
  openFindingsCount: 17,
  estimatedMonthlySpend: 1841.27,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-03-13T08:04:32.000Z",
};

export const AccountBody = z
  .object({
    id: z.uuid(),
    organizationId: z.uuid(),
    name: z.string(),
    awsAccountId: z.string().openapi({ description: "The 12 digits." }),
    environment: z.string(),
    status: z.enum(statuses),
    lastError: z.string().nullable(),
    credentialMethod: z.enum(methods),
    enabledRegions: z.array(z.string()).nullable().openapi({ description: "Null: every region it has enabled." }),
    enabledServices: z.array(z.string()).nullable().openapi({ description: "Null: every service Cloudglass knows." }),
    pace: z.object(paceMembers).partial().nullable().openapi(paceText),
    enabled: Enabled,
    isManagement: z.boolean().openapi({ description: "The management account of an AWS Organization." }),
    lastScanId: z.uuid().nullable(),
    lastScanAt: time.nullable(),
    lastScanState: z.string().nullable(),
    connectedAt: time
      .nullable()
      .openapi({ description: "When AWS first let Cloudglass in by the present credential; null: not yet." }),
    openFindingsCount: z.int(),
    estimatedMonthlySpend: z
      .number()
      .nullable()
      .openapi({ description: "Spent in the last 30 days, as Cost Explorer tells it; null when it may not be asked." }),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Account", { example: accountExample });

const policyExample = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::210987654321:user/cloudglass" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": "cg-3f6e4c8a1d2b4e5f9a0b8c7d6e5f4a3b" } },
    },
  ],
};

export const ConnectedAccountBody = AccountBody.extend({
  externalId: z.string().nullable().openapi({
    description: "Told this once, when a credential of the method `role` was given; null otherwise.",
    example: "cg-3f6e4c8a1d2b4e5f9a0b8c7d6e5f4a3b",
  }),
  webIdentity: z.object({ issuer: z.url(), audience: z.string(), subject: z.string() }).nullable().openapi({
    description: "Told when a credential of the method `keyless` was given: what the trust policy is to demand.",
    example: null,
  }),
  trustPolicy: z.record(z.string(), z.unknown()).nullable().openapi({
    description: "The trust policy to paste into the role; told together with one of these.",
    example: policyExample,
  }),
}).openapi("ConnectedAccount", {
  example: {
    ...accountExample,
    status: "pending",
    externalId: "cg-3f6e4c8a1d2b4e5f9a0b8c7d6e5f4a3b",
    webIdentity: null,
    trustPolicy: policyExample,
  },
});

/** An account as everybody may see it: nothing of its credential but the method. */
export const accountBody = ({ row, openFindings }: Account): z.input<typeof AccountBody> => ({
  id: row.id,
  organizationId: row.orgId,
  name: row.name,
  awsAccountId: row.awsAccountId,
  environment: row.environment,
  status: row.status,
  lastError: row.lastError,
  credentialMethod: row.credential.method,
  enabledRegions: row.regions === null ? null : [...row.regions],
  enabledServices: row.services === null ? null : [...row.services],
  pace: row.pace,
  enabled: row.enabled,
  isManagement: row.isManagement,
  lastScanId: row.lastScanId,
  lastScanAt: row.lastScanAt,
  lastScanState: row.lastScanState,
  connectedAt: row.connectedAt,
  openFindingsCount: openFindings,
  estimatedMonthlySpend: row.monthlySpend,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

export const connectedAccountBody = (account: ConnectedAccount): z.input<typeof ConnectedAccountBody> => ({
  ...accountBody(account),
  externalId: account.handshake?.externalId ?? null,
  webIdentity: account.handshake?.webIdentity ?? null,
  trustPolicy: account.handshake ? { ...account.handshake.trustPolicy } : null,
});
