import { endpoint, one } from "#http/endpoint";
import { importOrganization } from "./import-organization.ts";
import {
  ImportOrganization,
  membersBody,
  MembersBody,
  permissionTestBody,
  PermissionTestBody,
  TestPath,
} from "./import-shapes.ts";
import { planOnboarding } from "./plan.ts";
import { documentSchemas, OnboardingBody, onboardingBody, onboardingDocument, OnboardingQuery } from "./shapes.ts";
import { testAccount } from "./test-account.ts";

export const endpoints = [
  endpoint(
    {
      method: "get",
      path: "/accounts/onboarding",
      operationId: "getOnboarding",
      tag: "Accounts",
      scope: "accounts:read",
      role: "viewer",
      summary: "Say what an AWS account needs so that it can be read",
      description:
        "The exact permissions, as the collectors declare them, and whom the role must trust: as JSON, as a CloudFormation template or as a Terraform module.",
      query: OnboardingQuery,
      reply: one(OnboardingBody, onboardingBody, undefined, {
        documents: { schemas: documentSchemas, of: onboardingDocument },
      }),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "METHOD_UNAVAILABLE"],
    },
    async ({ org, query }) => ({ plan: await planOnboarding(org, query), format: query.format }),
  ),
  endpoint(
    {
      method: "post",
      path: "/accounts/{id}/test",
      operationId: "testAccount",
      tag: "Accounts",
      scope: "accounts:write",
      role: "admin",
      group: "scan-create",
      summary: "Try what Cloudglass may do in an account",
      description:
        "Asks for the first page of everything and for one thing of each kind, of the global services and in one region, and answers IAM action by IAM action. Nothing is kept. Takes up to 20 seconds.",
      params: TestPath,
      reply: one(PermissionTestBody, permissionTestBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => testAccount(org, params.id),
  ),
  endpoint(
    {
      method: "post",
      path: "/accounts/import-organization",
      operationId: "importOrganization",
      tag: "Accounts",
      scope: "accounts:write",
      role: "admin",
      summary: "List the accounts of an AWS organization, and connect the chosen ones",
      description:
        "Through its management account, which must be connected. Each account connected waits as `pending` until its role answers.",
      body: ImportOrganization,
      reply: one(MembersBody, membersBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "CONFLICT", "METHOD_UNAVAILABLE"],
    },
    ({ org, body }) => importOrganization(org, body),
  ),
];
