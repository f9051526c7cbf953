import { z } from "@hono/zod-openapi";
import {
  AccountRef,
  connectedAccountBody,
  ConnectedAccountBody,
  environments,
  exampleAccountId,
} from "#modules/accounts";
import type { PermissionTest } from "#scans/permissions";
import type { Member } from "./import-organization.ts";

export const TestPath = z.object({ id: AccountRef });

export const PermissionTestBody = z
  .object({
    entered: z.boolean().openapi({ description: "AWS lets Cloudglass in." }),
    error: z
      .object({ code: z.string(), remedy: z.string() })
      .nullable()
      .openapi({ description: "Why it does not, and what to do." }),
    missing: z.array(z.string()).openapi({ description: "The IAM actions that were denied." }),
    actions: z.array(
      z.object({
        action: z.string(),
        result: z.enum(["allowed", "denied", "unknown", "untested"]).openapi({
          description: "`unknown`: AWS gave no usable answer. `untested`: there was nothing to ask it about.",
        }),
        region: z.string().nullable(),
        code: z.string().nullable(),
        remedy: z.string().nullable(),
      }),
    ),
  })
  .openapi("PermissionTest", {
    example: {
      entered: true,
      error: null,
      missing: ["ce:GetCostAndUsage"],
      actions: [
        {
          action: "ce:GetCostAndUsage",
          result: "denied",
          region: "us-east-1",
          code: "AccessDeniedException",
          remedy: "Allow ce:GetCostAndUsage in the policy of the role Cloudglass uses.",
        },
        { action: "ec2:DescribeVolumes", result: "allowed", region: "eu-west-1", code: null, remedy: null },
      ],
    },
  });

export const permissionTestBody = ({ refusal, tried }: PermissionTest): z.input<typeof PermissionTestBody> => ({
  entered: refusal === null,
  error: refusal,
  missing: tried.filter(({ result }) => result === "denied").map(({ action }) => action),
  actions: [...tried],
});

export const ImportOrganization = z
  .strictObject({
    accountId: AccountRef.openapi({ description: "The connected management account: UUID or 12 digits." }),
    awsAccountIds: z
      .array(z.string().regex(/^\d{12}$/, "An AWS account number has 12 digits."))
      .min(1)
      .max(50)
      .nullable()
      .default(null)
      .openapi({ description: "The members to connect; null or left out: none, they are only listed." }),
    method: z.enum(["keyless", "role"]).default("keyless"),
    roleName: z
      .string()
      .regex(/^[\w+=,.@/-]{1,512}$/, "Not the name of an IAM role.")
      .default("Cloudglass")
      .openapi({ description: "The name of the role in every member account, with its path." }),
    environment: z.enum(environments).default("production"),
  })
  .openapi("ImportOrganization", {
    example: {
      accountId: exampleAccountId,
      awsAccountIds: ["444455556666"],
      method: "keyless",
      roleName: "Cloudglass",
    },
  });

export const MembersBody = z
  .array(
    z.object({
      awsAccountId: z.string(),
      name: z.string(),
      state: z.string().nullable().openapi({ description: "AWS's own word." }),
      isManagement: z.boolean(),
      accountId: z.uuid().nullable().openapi({ description: "Null: not connected." }),
      enrolled: z
        .union([ConnectedAccountBody, z.null()])
        .openapi({ description: "What this request connected, told once." }),
    }),
  )
  .openapi("OrganizationMembers");

export const membersBody = (members: readonly Member[]): z.input<typeof MembersBody> =>
  members.map(({ enrolled, ...member }) => ({ ...member, enrolled: enrolled && connectedAccountBody(enrolled) }));
