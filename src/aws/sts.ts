import { z } from "zod";
import type { Operation } from "./caller.ts";
import { createAws, type AwsOptions } from "./client.ts";
import { fixedCredentials, noCredentials, roleArnPattern, type AwsCredentials } from "./credentials.ts";
import { AwsFault } from "./fault.ts";

/** Source: STS API 2011-06-15. Asked in the region's own endpoint, which works wherever the region does. */
const assumeRoleOperation = { service: "sts", action: "AssumeRole" } as const satisfies Operation;
const assumeRoleWithWebIdentityOperation = {
  service: "sts",
  action: "AssumeRoleWithWebIdentity",
  unsigned: true,
} as const satisfies Operation;
const callerIdentityOperation = { service: "sts", action: "GetCallerIdentity" } as const satisfies Operation;

const Assumed = z.object({
  Credentials: z.object({
    AccessKeyId: z.string().min(1),
    SecretAccessKey: z.string().min(1),
    SessionToken: z.string().min(1),
    Expiration: z.coerce.date(),
  }),
});
const Identity = z.object({ Account: z.string().regex(/^\d{12}$/), Arn: z.string() });

export type StsTransport = Pick<AwsOptions, "fetcher" | "region" | "sleep" | "random" | "onCall" | "limiter">;

/** A role, and the session of it that is asked for. */
interface RoleSession {
  readonly arn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
}

/**
 * Enters a role as the operator's principal; without `externalId` none is named. Throws `AwsFault`; its remedy names what
 * the trust policy must hold.
 */
export async function assumeRole(
  transport: StsTransport,
  operator: AwsCredentials,
  role: RoleSession & { readonly externalId?: string },
): Promise<AwsCredentials> {
  const credentials = fixedCredentials(operator);
  const aws = createAws({ ...transport, credentials, awsAccountId: accountOfRole(role.arn) });
  const answer = await aws.caller().call(assumeRoleOperation, {
    RoleArn: role.arn,
    ExternalId: role.externalId,
    RoleSessionName: role.sessionName,
    DurationSeconds: role.durationSeconds,
  });
  return temporary(answer);
}

/** A token of ours, and what a role must trust so that it opens it. */
export interface WebIdentity {
  readonly token: string;
  /** The claims `iss`, `aud` and `sub`. */
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
}

/** Enters a role by a token; the request is not signed. Throws `AwsFault`; its remedy names what the trust policy must hold. */
export async function assumeRoleWithWebIdentity(
  transport: StsTransport,
  identity: WebIdentity,
  role: RoleSession,
): Promise<AwsCredentials> {
  const aws = createAws({ ...transport, credentials: noCredentials, awsAccountId: accountOfRole(role.arn) });
  try {
    const answer = await aws.caller().call(assumeRoleWithWebIdentityOperation, {
      RoleArn: role.arn,
      RoleSessionName: role.sessionName,
      WebIdentityToken: identity.token,
      DurationSeconds: role.durationSeconds,
    });
    return temporary(answer);
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    if (error.kind === "denied") throw error.withRemedy(trustRemedy(role.arn, identity));
    if (keysUnread.has(error.code)) throw error.withRemedy(keysRemedy(identity.issuer));
    throw error.kind === "expired" ? error.withRemedy(expiredRemedy) : error;
  }
}

/** Condition keys begin with the issuer without its scheme. Source: IAM user guide, "Available keys for AWS OIDC federation". */
function trustRemedy(roleArn: string, { issuer, audience, subject }: WebIdentity): string {
  const host = new URL(issuer).host;
  return (
    `Let account ${accountOfRole(roleArn)} have the OIDC provider ${issuer} with the audience ${audience}, and the role's trust ` +
    `policy allow it sts:AssumeRoleWithWebIdentity where ${host}:aud is ${audience} and ${host}:sub is ${subject}.`
  );
}

/** What AWS says, where it denies nothing, when it could not read the issuer's keys or not the one that signed. */
const keysUnread = new Set(["InvalidIdentityToken", "IDPCommunicationError"]);

const keysRemedy = (issuer: string): string =>
  `AWS did not find the key that signed the token among those of ${issuer}: check that ${issuer}/.well-known/openid-configuration ` +
  "and the keys it names answer from the internet and are this deployment's own.";

const expiredRemedy = "The token had ended when AWS read it: check the clock of this deployment.";

function accountOfRole(arn: string): string {
  const account = roleArnPattern.exec(arn)?.[2];
  if (!account) throw new RangeError("Not the ARN of a role");
  return account;
}

function temporary(answer: unknown): AwsCredentials {
  const { Credentials } = Assumed.parse(answer);
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
    expiresAt: Credentials.Expiration,
  };
}

/** Whose these credentials are. Needs no permission. */
export interface CallerIdentity {
  /** The 12 digits. */
  readonly account: string;
  readonly arn: string;
}

export async function callerIdentity(
  transport: StsTransport,
  credentials: AwsCredentials,
  declared: string,
): Promise<CallerIdentity> {
  const aws = createAws({ ...transport, credentials: fixedCredentials(credentials), awsAccountId: declared });
  const { Account, Arn } = Identity.parse(await aws.caller().call(callerIdentityOperation));
  return { account: Account, arn: Arn };
}

/** The 12 digits these credentials belong to. Needs no permission. */
export const accountOf = async (
  transport: StsTransport,
  credentials: AwsCredentials,
  declared: string,
): Promise<string> => (await callerIdentity(transport, credentials, declared)).account;
