import type { OrgContext } from "#db/context";
import type { AccountCredential } from "#db/values";
import { Fault } from "#lib/fault";
import { masterKeys, seal } from "#lib/secrets";
import { neededIssuer, subjectOf, audience } from "#scans/web-identity";
import type { AccountRow } from "./account.ts";
import { operatorAccount, operatorPrincipal } from "./operator.ts";
import { externalIdTrust, newExternalId, webIdentityTrust, type PolicyDocument } from "./trust.ts";

/** How a caller lets us into an account. */
export type CredentialInput =
  | { readonly method: "keyless" | "role"; readonly roleArn: string }
  | { readonly method: "access_key"; readonly accessKeyId: string; readonly secretAccessKey: string };

/** What has to be told once so that the role lets us in. */
export interface Handshake {
  /** Of the method `role`. */
  readonly externalId: string | null;
  /** Of the method `keyless`: the claims its trust policy is to hold. */
  readonly webIdentity: { readonly issuer: string; readonly audience: string; readonly subject: string } | null;
  readonly trustPolicy: PolicyDocument;
}

/** The credential as it is stored. Faults: INVALID_REQUEST (another account's role), METHOD_UNAVAILABLE. */
export async function storedCredential(
  org: OrgContext,
  account: { readonly id: string; readonly awsAccountId: string },
  input: CredentialInput,
): Promise<AccountCredential> {
  if (input.method === "access_key") {
    const subject = `${org.id}/${account.id}/secret`;
    const sealedSecret = await seal(masterKeys(org.env.MASTER_KEYS), "credential", subject, input.secretAccessKey);
    return { method: "access_key", accessKeyId: input.accessKeyId, sealedSecret };
  }
  const { method, roleArn } = input;
  if (method === "keyless") neededIssuer(org.env);
  else operatorAccount(org.env);
  refuseForeignRole(account.awsAccountId, roleArn);
  return method === "keyless" ? { method, roleArn } : { method, roleArn, externalId: newExternalId() };
}

function refuseForeignRole(awsAccountId: string, roleArn: string): void {
  const owner = roleArn.split(":", 5)[4];
  if (owner === awsAccountId) return;
  const message = `The role belongs to account ${owner}, not to ${awsAccountId}.`;
  throw new Fault("INVALID_REQUEST", message, { errors: [{ in: "body", pointer: "/credential/roleArn", message }] });
}

/** What to tell once about a credential just stored; null where there is nothing to set up on the other side. */
export async function handshake(
  org: OrgContext,
  { id, awsAccountId, credential }: Pick<AccountRow, "id" | "awsAccountId" | "credential">,
): Promise<Handshake | null> {
  if (credential.method === "access_key") return null;
  if (credential.method === "keyless") {
    const webIdentity = { issuer: neededIssuer(org.env), audience, subject: subjectOf(org.id, id) };
    return { externalId: null, webIdentity, trustPolicy: webIdentityTrust({ ...webIdentity, awsAccountId }) };
  }
  const { externalId } = credential;
  const trustPolicy = externalIdTrust(await operatorPrincipal(org.env), externalId);
  return { externalId, webIdentity: null, trustPolicy };
}
