import { externalIdTrust, hostOf, webIdentityTrust, type PolicyDocument } from "#modules/accounts";
import type { OnboardingPlan, Trust } from "./plan.ts";

/** What stands in a document for what only its reader knows. */
export interface Blanks {
  readonly awsAccountId: string;
  readonly subject: string;
  readonly externalId: string;
}

/** The trust policy of the role; null where there is no role. */
export function trustPolicyOf(trust: Trust, blanks: Blanks): PolicyDocument | null {
  if (trust.method === "access_key") return null;
  if (trust.method === "role") return externalIdTrust(trust.principalArn, blanks.externalId);
  const { issuer, audience } = trust;
  return webIdentityTrust({ issuer, audience, subject: blanks.subject, awsAccountId: blanks.awsAccountId });
}

/** Something the template asks for. */
export interface Parameter {
  readonly name: "RoleName" | "UserName" | "Subject" | "ExternalId" | "CreateProvider";
  readonly description: string;
  /** Null: whoever uses the template must say. */
  readonly default: string | null;
  readonly pattern: string;
}

/** What the templates ask for, in their order. */
export function parametersOf({ trust, name }: OnboardingPlan): readonly Parameter[] {
  const named = { default: name, pattern: "[\\w+=,.@-]{1,64}" };
  if (trust.method === "access_key") return [{ name: "UserName", description: "Name of the IAM user.", ...named }];
  const role: Parameter = { name: "RoleName", description: "Name of the role, as connected.", ...named };
  if (trust.method === "role") {
    const description = "The external id that was told when the account was connected.";
    return [role, { name: "ExternalId", description, default: null, pattern: "cg-[0-9a-f]{32}" }];
  }
  return [
    role,
    {
      name: "Subject",
      description: "webIdentity.subject, as told when the account was connected.",
      default: trust.subject,
      pattern: "org:[0-9a-f-]{36}:account:[0-9a-f-]{36}",
    },
    {
      name: "CreateProvider",
      description: `false where the AWS account has the OIDC provider ${hostOf(trust.issuer)} already.`,
      default: "true",
      pattern: "true|false",
    },
  ];
}
