import type { AwsCaller } from "#aws/caller";
import { createAws, sleepFor, type Aws, type Watch } from "#aws/client";
import type { AwsCredentials, CredentialSource } from "#aws/credentials";
import { enabledRegions } from "#aws/enabled-regions";
import { createLimiter, createPacer } from "#aws/limiter";
import { homeRegion, partitionOf } from "#aws/regions";
import { assumeRole, accountOf } from "#aws/sts";
import type { Fetcher } from "#aws/transport";
import type { Place } from "#collectors/collector";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { masterKeys, open } from "#lib/secrets";
import type { AccountRow, ClaimedTask } from "./claim.ts";
import type { TaskCounts } from "./outcome.ts";

/** One account, entered, as a task sees it. */
export interface AwsSession {
  readonly place: Place;
  /** A caller of its own for each collector, so that its gaps are its own. */
  caller(watch?: Watch): AwsCaller;
  enabledRegions(): Promise<readonly string[]>;
  counts(): Pick<TaskCounts, "awsCalls" | "stsCalls">;
}

const sessionSeconds = 3_600;
/** Temporary credentials are not begun with when they end sooner than a task may take. */
const marginMs = 20 * 60_000;

/** What stands behind the calls: AWS, or the account a development configuration binds in its place. */
export const awsFetcher = (env: Env): Fetcher => env.AWS ?? { fetch: (request) => fetch(request) };

/** So many seconds' worth of requests may leave at once. */
const burstSeconds = 5;

/** Enters the account of a task. Throws `AwsFault` when AWS does not let us in. */
export async function openSession(task: ClaimedTask, placeId: string): Promise<AwsSession> {
  const { account, org, pace } = task;
  const home = homeRegion("aws") ?? "us-east-1";
  const region = placeId === "global" ? home : placeId;
  const place: Place = { partition: partitionOf(region) ?? "aws", awsAccountId: account.awsAccountId, region };
  const calls = { aws: 0, sts: 0 };
  const fetcher = awsFetcher(org.env);
  const limiter = createLimiter();
  const credentials = credentialSource(
    org.env,
    account,
    { fetcher, limiter, region, onCall: () => (calls.sts += 1) },
    task,
  );
  const aws: Aws = createAws({
    fetcher,
    limiter,
    credentials,
    region,
    pacer: createPacer({
      perSecond: pace.requestsPerSecond,
      burst: pace.requestsPerSecond * burstSeconds,
      clock: Date.now,
      sleep: sleepFor,
    }),
    awsAccountId: account.awsAccountId,
    onCall: () => (calls.aws += 1),
  });
  return {
    place,
    caller: aws.caller,
    enabledRegions: () => enabledRegions(aws.caller()),
    counts: () => ({ awsCalls: calls.aws, stsCalls: calls.sts }),
  };
}

type StsTransport = Parameters<typeof assumeRole>[0];

/**
 * Temporary credentials by account and version of its row, in this isolate's memory only, so that the tasks one invocation
 * works on enter the account once.
 */
const entered = new Map<string, Promise<AwsCredentials>>();
const enteredMax = 500;

function credentialSource(env: Env, account: AccountRow, transport: StsTransport, task: ClaimedTask): CredentialSource {
  const key = `${account.orgId}/${account.id}/${account.version}/${account.credential.method}`;
  const enter = (): Promise<AwsCredentials> => {
    const entering = enterAccount(env, account, transport, task);
    if (entered.size >= enteredMax) entered.clear();
    entered.set(key, entering);
    entering.catch(() => entered.delete(key));
    return entering;
  };
  const isGood = ({ expiresAt }: AwsCredentials): boolean => !expiresAt || expiresAt.getTime() - Date.now() > marginMs;
  return {
    async current() {
      const known = entered.get(key) ?? enter();
      const credentials = await known;
      if (isGood(credentials)) return credentials;
      // Whoever comes first enters again; the rest wait for the same.
      return entered.get(key) === known ? enter() : this.current();
    },
    renew: enter,
  };
}

async function enterAccount(
  env: Env,
  account: AccountRow,
  transport: StsTransport,
  { scan }: ClaimedTask,
): Promise<AwsCredentials> {
  const credentials = await unverified(env, account, transport, scan.id);
  const actual = await accountOf(transport, credentials, account.awsAccountId);
  if (actual !== account.awsAccountId) {
    throw new Fault("CONFLICT", `These credentials belong to another AWS account than ${account.awsAccountId}.`);
  }
  return credentials;
}

async function unverified(
  env: Env,
  account: AccountRow,
  transport: StsTransport,
  scanId: string,
): Promise<AwsCredentials> {
  const { credential } = account;
  if (credential.method === "access_key") {
    const subject = secretSubject(account.orgId, account.id);
    const secretAccessKey = await open(masterKeys(env.MASTER_KEYS), "credential", subject, credential.sealedSecret);
    return { accessKeyId: credential.accessKeyId, secretAccessKey };
  }
  const operator = operatorOf(env);
  if (!operator)
    throw new Fault(
      "METHOD_UNAVAILABLE",
      "This deployment has no AWS principal of its own, so it cannot assume roles.",
    );
  const { roleArn, externalId } = credential;
  return assumeRole(transport, operator, {
    arn: roleArn,
    externalId,
    sessionName: `cloudglass-${scanId}`,
    durationSeconds: sessionSeconds,
  });
}

/** What a sealed secret access key belongs to. */
export const secretSubject = (orgId: string, accountId: string): string => `${orgId}/${accountId}/secret`;

/** The operator's own principal, which customers' roles trust; null where the deployment has none. */
export function operatorOf({
  OPERATOR_ACCESS_KEY_ID: accessKeyId,
  OPERATOR_SECRET_ACCESS_KEY: secretAccessKey,
}: Env): AwsCredentials | null {
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null;
}
