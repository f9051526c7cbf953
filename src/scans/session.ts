import type { AwsCaller } from "#aws/caller";
import { createAws, sleepFor, type Aws, type Watch } from "#aws/client";
import type { AwsCredentials, CredentialSource } from "#aws/credentials";
import { enabledRegions } from "#aws/enabled-regions";
import { createLimiter, createPacer } from "#aws/limiter";
import { homeRegion, partitionOf } from "#aws/regions";
import type { StsTransport } from "#aws/sts";
import type { Place } from "#collectors/collector";
import type { ClaimedTask } from "./claim.ts";
import { awsFetcher, enterAccount } from "./enter.ts";
import type { TaskCounts } from "./outcome.ts";

/** One account, entered, as a task sees it. */
export interface AwsSession {
  readonly place: Place;
  /** A caller of its own for each collector, so that its gaps are its own. */
  caller(watch?: Watch): AwsCaller;
  enabledRegions(): Promise<readonly string[]>;
  counts(): Pick<TaskCounts, "awsCalls" | "stsCalls">;
}

/** Temporary credentials are not begun with when they end sooner than a task may take. */
const marginMs = 20 * 60_000;

/** So many seconds' worth of requests may leave at once. */
const burstSeconds = 5;

/** Whose account is entered, and how hard it may be asked. */
export interface Visit extends Pick<ClaimedTask, "org" | "account" | "pace"> {
  /** What the session is called in the account's CloudTrail. */
  readonly sessionName: string;
}

export const visitOf = ({ org, account, pace, scan }: ClaimedTask): Visit => ({
  org,
  account,
  pace,
  sessionName: `cloudglass-${scan.id}`,
});

/** Enters an account when the first call is made. Calls throw `AwsFault` when AWS does not let us in. */
export async function openSession(visit: Visit, placeId: string): Promise<AwsSession> {
  const { account, org, pace } = visit;
  const home = homeRegion("aws") ?? "us-east-1";
  const region = placeId === "global" ? home : placeId;
  const place: Place = { partition: partitionOf(region) ?? "aws", awsAccountId: account.awsAccountId, region };
  const calls = { aws: 0, sts: 0 };
  const fetcher = awsFetcher(org.env);
  const limiter = createLimiter();
  const credentials = credentialSource(visit, { fetcher, limiter, region, onCall: () => (calls.sts += 1) });
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

/**
 * Temporary credentials by account and version of its row, in this isolate's memory only, so that the tasks one invocation
 * works on enter the account once.
 */
const entered = new Map<string, Promise<AwsCredentials>>();
const enteredMax = 500;

function credentialSource({ org, account, sessionName }: Visit, transport: StsTransport): CredentialSource {
  const key = `${account.orgId}/${account.id}/${account.version}/${account.credential.method}`;
  const enter = (): Promise<AwsCredentials> => {
    const entering = enterAccount({ env: org.env, account, transport, sessionName, now: new Date() });
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
