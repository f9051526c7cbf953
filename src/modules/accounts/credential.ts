import type { OrgContext } from "#db/context";
import type { AccountCredential } from "#db/values";
import { Fault } from "#lib/fault";
import { masterKeys, seal } from "#lib/secrets";
import { newExternalId, operatorAccount, trustPolicy } from "./trust.ts";

/** How a caller lets us into an account. */
export type CredentialInput =
  | { readonly method: "role"; readonly roleArn: string }
  | { readonly method: "access_key"; readonly accessKeyId: string; readonly secretAccessKey: string };

/** What has to be told once so that the role lets us in. */
export interface Handshake {
  readonly externalId: string;
  readonly trustPolicy: Record<string, unknown>;
}

/** The credential as it is stored. Faults: INVALID_REQUEST (another account's role), METHOD_UNAVAILABLE. */
export async function storedCredential(
  org: OrgContext,
  account: { readonly id: string; readonly awsAccountId: string },
  input: CredentialInput,
): Promise<AccountCredential> {
  if (input.method === "role") {
    operatorAccount(org.env);
    refuseForeignRole(account.awsAccountId, input.roleArn);
    return { method: "role", roleArn: input.roleArn, externalId: newExternalId() };
  }
  const subject = `${org.id}/${account.id}/secret`;
  const sealedSecret = await seal(masterKeys(org.env.MASTER_KEYS), "credential", subject, input.secretAccessKey);
  return { method: "access_key", accessKeyId: input.accessKeyId, sealedSecret };
}

function refuseForeignRole(awsAccountId: string, roleArn: string): void {
  const owner = roleArn.split(":", 5)[4];
  if (owner === awsAccountId) return;
  const message = `The role belongs to account ${owner}, not to ${awsAccountId}.`;
  throw new Fault("INVALID_REQUEST", message, { errors: [{ in: "body", pointer: "/credential/roleArn", message }] });
}

/** What to tell once about a credential just stored; null where there is nothing to set up on the other side. */
export const handshake = (org: OrgContext, credential: AccountCredential): Handshake | null =>
  credential.method === "role"
    ? {
        externalId: credential.externalId,
        trustPolicy: trustPolicy(operatorAccount(org.env), credential.roleArn, credential.externalId),
      }
    : null;
