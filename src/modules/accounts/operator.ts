import { AwsFault } from "#aws/fault";
import { homeRegion } from "#aws/regions";
import { callerIdentity } from "#aws/sts";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { awsFetcher, operatorOf } from "#scans/enter";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * The AWS account an access key belongs to, or null where the key is too old or too short to say. Forty bits behind the
 * prefix, base32, as AWS writes keys since 2018; `sts:GetAccessKeyInfo` answers the same.
 */
export function accountOfAccessKey(accessKeyId: string): string | null {
  const body = accessKeyId.slice(4, 14);
  if (body.length < 10 || Array.from(body).some((char) => !alphabet.includes(char))) return null;
  const bits = Array.from(body).reduce((sum, char) => (sum << 5n) | BigInt(alphabet.indexOf(char)), 0n);
  // Fifty bits were read; the first is a mark and the last nine belong to what follows.
  return String((bits >> 9n) & ((1n << 40n) - 1n)).padStart(12, "0");
}

/** The account whose principal assumes customers' roles. Fault: METHOD_UNAVAILABLE where the deployment has none. */
export function operatorAccount(env: Env): string {
  const operator = operatorOf(env);
  const account = operator && accountOfAccessKey(operator.accessKeyId);
  if (account === null) {
    throw new Fault(
      "METHOD_UNAVAILABLE",
      "This deployment has no AWS principal of its own that a role could trust. Its operator sets OPERATOR_ACCESS_KEY_ID and OPERATOR_SECRET_ACCESS_KEY; until then connect with `keyless` or `access_key`.",
    );
  }
  return account;
}

/** Principals by access key, in this isolate's memory. */
const principals = new Map<string, string>();

/**
 * The ARN customers' roles are to trust: as configured, or as AWS says whose the operator's keys are; where AWS does not
 * answer, the operator's whole account, which holds the same principal. Fault: METHOD_UNAVAILABLE.
 */
export async function operatorPrincipal(env: Env): Promise<string> {
  const account = operatorAccount(env);
  if (env.OPERATOR_PRINCIPAL_ARN) return env.OPERATOR_PRINCIPAL_ARN;
  const known = principals.get(env.OPERATOR_ACCESS_KEY_ID ?? "");
  if (known !== undefined) return known;
  try {
    const arn = await askedPrincipal(env, account);
    principals.set(env.OPERATOR_ACCESS_KEY_ID ?? "", arn);
    return arn;
  } catch (error) {
    if (error instanceof AwsFault) return `arn:aws:iam::${account}:root`;
    throw error;
  }
}

async function askedPrincipal(env: Env, account: string): Promise<string> {
  const operator = operatorOf(env);
  if (!operator) throw new Error("There is no operator");
  const region = homeRegion("aws") ?? "us-east-1";
  return (await callerIdentity({ fetcher: awsFetcher(env), region }, operator, account)).arn;
}
