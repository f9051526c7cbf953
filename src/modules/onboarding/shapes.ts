import { z } from "@hono/zod-openapi";
import type { Document } from "#http/endpoint";
import { AccountRef } from "#modules/accounts";
import { cloudFormationTemplate, quickCreateUrl } from "./cloudformation.ts";
import { neededActions } from "./permissions.ts";
import { methods, type OnboardingPlan } from "./plan.ts";
import { terraformModule } from "./terraform.ts";
import { parametersOf, trustPolicyOf } from "./trust.ts";

export const formats = ["json", "cloudformation", "terraform"] as const;
export type Format = (typeof formats)[number];

export const OnboardingQuery = z.object({
  method: z.enum(methods).openapi({ description: "How the account will be entered.", example: "keyless" }),
  format: z.enum(formats).default("json").openapi({ description: "What is answered.", example: "json" }),
  accountId: AccountRef.optional().openapi({ description: "An account that was connected: UUID or 12 digits." }),
  awsAccountId: z
    .string()
    .regex(/^\d{12}$/, "An AWS account number has 12 digits.")
    .optional()
    .openapi({ description: "The 12 digits, also of an account that is not connected yet.", example: "123456789012" }),
});

const Policy = z.object({ Version: z.literal("2012-10-17"), Statement: z.array(z.record(z.string(), z.unknown())) });

export const OnboardingBody = z
  .object({
    method: z.enum(methods),
    actions: z.array(z.string()).openapi({ description: "Every IAM action Cloudglass calls." }),
    policies: z
      .array(Policy)
      .openapi({ description: "The same as managed policies, none longer than AWS takes; attach them all." }),
    trustPolicy: Policy.nullable().openapi({
      description: "Of the role; null where there is none. What stands in `<…>` is told when the account is connected.",
    }),
    oidcProvider: z
      .object({ url: z.url(), audience: z.string() })
      .nullable()
      .openapi({ description: "What the AWS account must have beside the role (keyless only)." }),
    operatorPrincipal: z.string().nullable().openapi({ description: "Who assumes the role (method `role` only)." }),
    cloudFormation: z
      .object({
        capabilities: z.array(z.string()),
        parameters: z.array(
          z.object({ name: z.string(), description: z.string(), default: z.string().nullable(), pattern: z.string() }),
        ),
        quickCreateUrl: z.string(),
        instructions: z.string(),
      })
      .openapi({ description: "How to make it with `format=cloudformation`." }),
  })
  .openapi("Onboarding");

export const TemplateBody = z
  .looseObject({
    AWSTemplateFormatVersion: z.literal("2010-09-09"),
    Parameters: z.record(z.string(), z.unknown()),
    Resources: z.record(z.string(), z.unknown()),
    Outputs: z.record(z.string(), z.unknown()),
  })
  .openapi("CloudFormationTemplate");

export interface Onboarding {
  readonly plan: OnboardingPlan;
  readonly format: Format;
}

const instructions =
  "Get this again with format=cloudformation and save it. Either create a stack from that file, or copy it to an S3 bucket of " +
  "yours, put its https address, percent-encoded, in the place of {templateUrl} in quickCreateUrl, and open that.";

export const onboardingBody = ({ plan }: Onboarding): z.input<typeof OnboardingBody> => {
  const { trust, policies, awsAccountId } = plan;
  const trustPolicy = trustPolicyOf(trust, {
    awsAccountId: awsAccountId ?? "<12 digits of the AWS account>",
    subject: (trust.method === "keyless" ? trust.subject : null) ?? "<webIdentity.subject>",
    externalId: "<externalId>",
  });
  return {
    method: trust.method,
    actions: [...neededActions],
    policies: policies.map(plain),
    trustPolicy: trustPolicy && plain(trustPolicy),
    oidcProvider: trust.method === "keyless" ? { url: trust.issuer, audience: trust.audience } : null,
    operatorPrincipal: trust.method === "role" ? trust.principalArn : null,
    cloudFormation: {
      capabilities: ["CAPABILITY_NAMED_IAM"],
      parameters: parametersOf(plan).map((parameter) => ({ ...parameter })),
      quickCreateUrl: quickCreateUrl(plan),
      instructions,
    },
  };
};

const plain = ({ Version, Statement }: OnboardingPlan["policies"][number]) => ({ Version, Statement: [...Statement] });

export const documentSchemas = { "application/json": TemplateBody, "text/plain; charset=utf-8": z.string() };

/** The answer as a file; null for `format=json`. File names are good for S3 keys as they are. */
export function onboardingDocument({ plan, format }: Onboarding): Document | null {
  if (format === "json") return null;
  const name = `cloudglass-${plan.trust.method.replaceAll("_", "-")}`;
  if (format === "terraform") {
    return { mediaType: "text/plain; charset=utf-8", fileName: `${name}.tf`, text: terraformModule(plan) };
  }
  const text = `${JSON.stringify(cloudFormationTemplate(plan), null, 2)}\n`;
  return { mediaType: "application/json", fileName: `${name}.template.json`, text };
}
