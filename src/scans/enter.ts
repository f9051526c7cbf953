import { AwsFault } from "#aws/fault";
import { assumeRole, assumeRoleWithWebIdentity, accountOf, type StsTransport } from "#aws/sts";
import type { AwsCredentials } from "#aws/credentials";
import type { Fetcher } from "#aws/transport";
import type { AccountCredential } from "#db/values";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { newId } from "#lib/id";
import { masterKeys, open } from "#lib/secrets";
import type { AccountRow } from "./claim.ts";
import { audience, identityToken, neededIssuer, subjectOf } from "./web-identity.ts";

type Credential<Method> = Extract<AccountCredential, { readonly method: Method }>;

/** How an account is entered, and under which name the session stands in its owner's CloudTrail. */
export interface Entry {
  readonly env: Env;
  readonly account: AccountRow;
  readonly transport: StsTransport;
  readonly sessionName: string;
  readonly now: Date;
}

const sessionSeconds = 3_600;

/** The shortest session AWS gives: for one that is not used. */
const trialSeconds = 900;

/** What stands behind the calls: AWS, or the account a development configuration binds in its place. */
export const awsFetcher = (env: Env): Fetcher => env.AWS ?? { fetch: (request) => fetch(request) };

/**
 * Credentials of an account, known to be that account's. A role that nobody has entered before must also refuse whoever does
 * not know its external id. Throws `AwsFault` when AWS does not let us in. Faults: CONFLICT (another account's credentials),
 * ROLE_UNGUARDED, METHOD_UNAVAILABLE.
 */
export async function enterAccount(entry: Entry): Promise<AwsCredentials> {
  const { account, transport } = entry;
  const credentials = await unverified(entry);
  const { credential, connectedAt } = account;
  const [actual] = await Promise.all([
    accountOf(transport, credentials, account.awsAccountId),
    credential.method === "role" && connectedAt === null ? refuseUnguarded(entry, credential) : null,
  ]);
  if (actual !== account.awsAccountId) {
    throw new Fault("CONFLICT", `These credentials belong to another AWS account than ${account.awsAccountId}.`);
  }
  return credentials;
}

function unverified(entry: Entry): Promise<AwsCredentials> {
  const { credential } = entry.account;
  if (credential.method === "access_key") return byAccessKey(entry, credential);
  if (credential.method === "keyless") return byToken(entry, credential);
  return byRole(entry, credential, credential.externalId);
}

async function byAccessKey({ env, account }: Entry, credential: Credential<"access_key">): Promise<AwsCredentials> {
  const subject = secretSubject(account.orgId, account.id);
  const secretAccessKey = await open(masterKeys(env.MASTER_KEYS), "credential", subject, credential.sealedSecret);
  return { accessKeyId: credential.accessKeyId, secretAccessKey };
}

async function byToken(
  { env, account, now, ...entry }: Entry,
  credential: Credential<"keyless">,
): Promise<AwsCredentials> {
  const identity = {
    token: await identityToken(env, account, now),
    issuer: neededIssuer(env),
    audience,
    subject: subjectOf(account.orgId, account.id),
  };
  const { sessionName, transport } = entry;
  const role = { arn: credential.roleArn, sessionName, durationSeconds: sessionSeconds };
  return assumeRoleWithWebIdentity(transport, identity, role);
}

async function byRole(
  { env, transport, sessionName }: Entry,
  { roleArn }: Credential<"role">,
  externalId: string | null,
  durationSeconds = sessionSeconds,
): Promise<AwsCredentials> {
  const operator = operatorOf(env);
  if (!operator) {
    throw new Fault(
      "METHOD_UNAVAILABLE",
      "This deployment has no AWS principal of its own, so it cannot assume roles.",
    );
  }
  const role = { arn: roleArn, sessionName, durationSeconds };
  return assumeRole(transport, operator, externalId === null ? role : { ...role, externalId });
}

/**
 * The confused deputy: a role that lets us in without its external id, or with any other, lets in every customer of this
 * deployment who guesses its ARN. Source: IAM user guide, "The confused deputy problem".
 */
async function refuseUnguarded(entry: Entry, credential: Credential<"role">): Promise<void> {
  const [without, wrong] = await Promise.all([
    letsIn(entry, credential, null),
    letsIn(entry, credential, `cg-${newId().replaceAll("-", "")}`),
  ]);
  if (!without && !wrong) return;
  throw new Fault(
    "ROLE_UNGUARDED",
    `The role lets Cloudglass in ${without ? "without an external id" : "with a wrong external id"}, so anybody could have it scanned. ` +
      'Let every statement of its trust policy that names Cloudglass hold the condition {"StringEquals": {"sts:ExternalId": "<the external id of this account>"}}.',
  );
}

async function letsIn(entry: Entry, credential: Credential<"role">, externalId: string | null): Promise<boolean> {
  try {
    await byRole(entry, credential, externalId, trialSeconds);
    return true;
  } catch (error) {
    if (error instanceof AwsFault && error.kind === "denied") return false;
    throw error;
  }
}

/** What a sealed secret access key belongs to. */
const secretSubject = (orgId: string, accountId: string): string => `${orgId}/${accountId}/secret`;

/** The operator's own principal, which customers' roles trust; null where the deployment has none. */
export function operatorOf({
  OPERATOR_ACCESS_KEY_ID: accessKeyId,
  OPERATOR_SECRET_ACCESS_KEY: secretAccessKey,
}: Env): AwsCredentials | null {
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null;
}
