import { fullJitterMs } from "#lib/backoff";
import { canonicalJson } from "#lib/hash";
import type { AwsCaller, Input, Operation, Target } from "./caller.ts";
import type { CredentialSource } from "./credentials.ts";
import { AwsFault, ownFault } from "./fault.ts";
import { createLimiter, type Limiter } from "./limiter.ts";
import { pagesOf } from "./pages.ts";
import { attempt, subjectOf, type Fetcher, type Outcome } from "./transport.ts";

export interface AwsOptions {
  readonly fetcher: Fetcher;
  readonly credentials: CredentialSource;
  readonly awsAccountId: string;
  /** Where calls go that name no other region. */
  readonly region: string;
  /** Shared by all clients of an invocation; 6 requests at once when left out. */
  readonly limiter?: Limiter;
  /** Waits so many milliseconds; injectable so that tests need not. */
  readonly sleep?: (ms: number) => Promise<void>;
  readonly random?: () => number;
  /** Called for each request that leaves. */
  readonly onCall?: () => void;
}

/** One account entered with one set of credentials. */
export interface Aws {
  /** A caller whose gaps go to `onGap`. Callers of one client share what `shared` has learnt. */
  caller(onGap: (gap: AwsFault) => void): AwsCaller;
}

const triesMax = 6;
const baseMs = 200;
const capMs = 20_000;

export const sleepFor = (ms: number): Promise<void> => scheduler.wait(ms);

/**
 * Throttling, 5xx and lost connections are tried again with full jitter, at most 6 times in all; expired credentials are
 * renewed once and a wrong clock corrected once, each without counting as a try; a denial ends at once.
 */
export function createAws(options: AwsOptions): Aws {
  const limiter = options.limiter ?? createLimiter();
  const sleep = options.sleep ?? sleepFor;
  const random = options.random ?? Math.random;
  const memo = new Map<string, Promise<unknown>>();
  let skewMs = 0;
  let renewal: Promise<unknown> | null = null;

  const send = async (operation: Operation, input: Input, region: string): Promise<Outcome> =>
    limiter.run(async () => {
      const credentials = await options.credentials.current();
      options.onCall?.();
      return attempt(options.fetcher, { operation, input, region, awsAccountId: options.awsAccountId, credentials, skewMs });
    });

  /** Mends what made a request fail, where that can be mended: once for all calls, and each of them may go again once. */
  const mend = async ({ fault, serverDate }: Outcome & { ok: false }): Promise<boolean> => {
    if (fault.kind === "expired") {
      renewal ??= options.credentials.renew();
      await renewal;
      return true;
    }
    const serverTime = Date.parse(serverDate ?? "");
    if (fault.kind !== "skewed" || Number.isNaN(serverTime)) return false;
    skewMs = serverTime - Date.now();
    return true;
  };

  const call = async (operation: Operation, input: Input = {}, target: Target = {}): Promise<unknown> => {
    const region = target.region ?? options.region;
    let mended = false;
    for (let tries = 1; ; ) {
      const outcome = await send(operation, input, region);
      if (outcome.ok) return outcome.answer;
      if (!mended && (await mend(outcome))) {
        mended = true;
        continue;
      }
      if (!outcome.retry || tries >= triesMax) throw outcome.fault;
      await sleep(fullJitterMs(tries, baseMs, capMs, random));
      tries += 1;
    }
  };

  const shared = (operation: Operation, input: Input = {}, target: Target = {}): Promise<unknown> => {
    const key = canonicalJson([operation.service, operation.action, input, target]);
    const known = memo.get(key) ?? call(operation, input, target);
    memo.set(key, known);
    return known;
  };

  return { caller: (onGap) => callerOf({ call, shared }, options.region, onGap) };
}

function callerOf(
  { call, shared }: Pick<AwsCaller, "call" | "shared">,
  home: string,
  onGap: (gap: AwsFault) => void,
): AwsCaller {
  return {
    call,
    shared,
    pages: (operation, input = {}, target = {}) =>
      pagesOf(operation, input, (page) => call(operation, page, target), (code) =>
        ownFault(subjectOf(operation, target.region ?? home), "broken", code),
      ),
    async attempt(operation, input, absent = [], target = {}) {
      try {
        return await call(operation, input, target);
      } catch (error) {
        if (!(error instanceof AwsFault)) throw error;
        if (absent.includes(error.code)) return null;
        onGap(error);
        return undefined;
      }
    },
  };
}
