import type { OrgContext } from "#db/context";
import { Fault } from "#lib/fault";
import { getAccount, operatorPrincipal, type AccountRow, type PolicyDocument } from "#modules/accounts";
import { audience, neededIssuer, subjectOf } from "#scans/web-identity";
import { neededActions, readPolicies } from "./permissions.ts";

export const methods = ["keyless", "role", "access_key"] as const;
export type Method = (typeof methods)[number];

export interface OnboardingInput {
  readonly method: Method;
  /** UUID or 12 digits of an account that was connected. */
  readonly accountId?: string | undefined;
  /** 12 digits of an account that need not be. */
  readonly awsAccountId?: string | undefined;
}

/** Whom a role has to trust. */
export type Trust =
  | { readonly method: "keyless"; readonly issuer: string; readonly audience: string; readonly subject: string | null }
  | { readonly method: "role"; readonly principalArn: string }
  | { readonly method: "access_key" };

/** What has to be made in an AWS account so that Cloudglass can read it. What is null, only people know. */
export interface OnboardingPlan {
  readonly trust: Trust;
  readonly policies: readonly PolicyDocument[];
  readonly awsAccountId: string | null;
  /** Of the role, or of the user that the access key is of. */
  readonly name: string;
  /** The role's path. */
  readonly path: string;
}

/** Plans an account's onboarding. Faults: RESOURCE_NOT_FOUND, INVALID_REQUEST, METHOD_UNAVAILABLE. */
export async function planOnboarding(org: OrgContext, input: OnboardingInput): Promise<OnboardingPlan> {
  const account = await accountMeant(org, input);
  return {
    trust: await trustOf(org, input.method, account),
    policies: readPolicies(neededActions),
    awsAccountId: account?.awsAccountId ?? input.awsAccountId ?? null,
    ...roleOf(account),
  };
}

async function accountMeant(org: OrgContext, { accountId, awsAccountId }: OnboardingInput): Promise<AccountRow | null> {
  if (accountId === undefined) return awsAccountId === undefined ? null : connected(org, awsAccountId);
  const { row } = await getAccount(org, accountId);
  if (awsAccountId === undefined || awsAccountId === row.awsAccountId) return row;
  const message = "Another AWS account than that of `accountId`.";
  throw new Fault("INVALID_REQUEST", message, { errors: [{ in: "query", pointer: "awsAccountId", message }] });
}

async function connected(org: OrgContext, awsAccountId: string): Promise<AccountRow | null> {
  try {
    return (await getAccount(org, awsAccountId)).row;
  } catch (error) {
    if (error instanceof Fault && error.code === "RESOURCE_NOT_FOUND") return null;
    throw error;
  }
}

async function trustOf({ env, id: orgId }: OrgContext, method: Method, account: AccountRow | null): Promise<Trust> {
  if (method === "access_key") return { method };
  if (method === "role") return { method, principalArn: await operatorPrincipal(env) };
  return { method, issuer: neededIssuer(env), audience, subject: account && subjectOf(orgId, account.id) };
}

/** As the account's own role is called, where it has one. */
function roleOf(account: AccountRow | null): { readonly name: string; readonly path: string } {
  const arn = account && account.credential.method !== "access_key" ? account.credential.roleArn : ":role/cloudglass";
  const [, path = "/", name = "cloudglass"] = /:role(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? [];
  return { name, path };
}
