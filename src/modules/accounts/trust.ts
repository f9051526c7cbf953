import type { Env } from "#env";
import { Fault } from "#lib/fault";

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

/** A new external id: 128 random bits. */
export const newExternalId = (): string => `cg-${crypto.getRandomValues(new Uint8Array(16)).toHex()}`;

/** What the role must trust: the operator's own account, and only with this external id. */
export function trustPolicy(operatorAccount: string, roleArn: string, externalId: string): Record<string, unknown> {
  const partition = roleArn.split(":", 2)[1] ?? "aws";
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${operatorAccount}:root` },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": externalId } },
      },
    ],
  };
}

/** The account whose principal assumes customers' roles. Fault: METHOD_UNAVAILABLE where the deployment has none. */
export function operatorAccount(env: Env): string {
  const account = env.OPERATOR_ACCESS_KEY_ID ? accountOfAccessKey(env.OPERATOR_ACCESS_KEY_ID) : null;
  if (account === null || !env.OPERATOR_SECRET_ACCESS_KEY) {
    throw new Fault(
      "METHOD_UNAVAILABLE",
      "This deployment has no AWS principal of its own that a role could trust. Its operator sets OPERATOR_ACCESS_KEY_ID and OPERATOR_SECRET_ACCESS_KEY; until then connect with `access_key`.",
    );
  }
  return account;
}
