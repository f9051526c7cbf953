import { fullJitterMs } from "#lib/backoff";
import { canonicalJson } from "#lib/hash";
import type { AwsCaller, Input, Operation, Target } from "./caller.ts";
import type { AwsCredentials, CredentialSource } from "./credentials.ts";
import { AwsFault, ownFault, type Subject } from "./fault.ts";
import { createLimiter, type Limiter, type Pacer } from "./limiter.ts";
import { pagesOf, type Walk } from "./pages.ts";
import { attempt, subjectOf, type Fetcher, type Outcome } from "./transport.ts";

export interface AwsOptions {
  readonly fetcher: Fetcher;
  readonly credentials: CredentialSource;
  readonly awsAccountId: string;
  /** Where calls go that name no other region. */
  readonly region: string;
  /** Shared by all clients of an invocation; 6 requests at once when left out. */
  readonly limiter?: Limiter;
  /** Spaces requests of one service out; they leave as they come when left out. */
  readonly pacer?: Pacer;
  /** Waits so many milliseconds; injectable so that tests need not. */
  readonly sleep?: (ms: number) => Promise<void>;
  readonly random?: () => number;
  /** Milliseconds since 1970; requests are signed for it. */
  readonly clock?: () => number;
  /** Called for each request that leaves. */
  readonly onCall?: () => void;
}

/** One account entered with one set of credentials. */
export interface Aws {
  /** Callers of one client share what `shared` has learnt. */
  caller(watch?: Watch): AwsCaller;
}

/** What is told of a caller's calls, and how its `walk` goes. */
export interface Watch {
  /** Something that may fail did: a call, or the reading of its answer. */
  readonly onGap?: (error: unknown) => void;
  /** A call was made; its retries are not told. */
  readonly onCall?: () => void;
  /** How a call went in the end; null: it was answered. */
  readonly onAnswer?: (subject: Subject, fault: AwsFault | null) => void;
  readonly walk?: Walk;
}

const triesMax = 6;
const baseMs = 200;
const capMs = 20_000;

/** AWS refuses requests 5 to 15 minutes off; a smaller difference is not what it complained of. */
const skewMinMs = 60_000;

export const sleepFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Throttling, 5xx and lost connections are tried again with full jitter, at most 6 times in all; expired credentials are
 * renewed once and a wrong clock corrected once, each without counting as a try; a denial ends at once.
 */
export function createAws(options: AwsOptions): Aws {
  const sleep = options.sleep ?? sleepFor;
  const random = options.random ?? Math.random;
  const memo = new Map<string, Promise<unknown>>();
  const { send, mend } = createSender(options);

  const call = async (operation: Operation, input: Input = {}, target: Target = {}): Promise<unknown> => {
    const region = target.region ?? options.region;
    let mended = false;
    for (let tries = 0; ;) {
      const outcome = await send(operation, input, region);
      if (outcome.ok) return outcome.answer;
      if (!mended && !operation.unsigned && (await mend(outcome))) {
        mended = true;
        continue;
      }
      tries += 1;
      if (!outcome.retry || tries >= triesMax) throw outcome.fault;
      await sleep(fullJitterMs(tries - 1, baseMs, capMs, random));
    }
  };

  const shared = (operation: Operation, input: Input = {}, target: Target = {}): Promise<unknown> => {
    const key = canonicalJson([operation.service, operation.action, input, target]);
    const known = memo.get(key) ?? call(operation, input, target);
    memo.set(key, known);
    return known;
  };

  return { caller: (watch = {}) => callerOf({ call, shared }, options.region, watch) };
}

interface Sender {
  send(operation: Operation, input: Input, region: string): Promise<Outcome>;
  /** Mends what made a request fail, where that can be mended; then the request may go again. */
  mend(outcome: Outcome & { ok: false }): Promise<boolean>;
}

/** What all calls of a client have in common: the credentials and the clock they are signed with. */
function createSender(options: AwsOptions): Sender {
  const limiter = options.limiter ?? createLimiter();
  const clock = options.clock ?? Date.now;
  let skewMs = 0;
  let renewal: Promise<AwsCredentials> | null = null;
  let opening: Promise<AwsCredentials> | null = null;

  /** Asked for once by calls that begin together. Outside of the limiter: entering an account makes calls of its own. */
  const current = async (): Promise<AwsCredentials> => {
    opening ??= options.credentials.current().finally(() => (opening = null));
    return opening;
  };
  const renew = async (): Promise<boolean> => {
    renewal ??= options.credentials.renew();
    await renewal;
    return true;
  };
  return {
    async send(operation, input, region) {
      const credentials = operation.unsigned ? null : await current();
      await options.pacer?.ready(operation.service);
      return limiter.run(() => {
        options.onCall?.();
        const signedAt = new Date(clock() + skewMs);
        const { awsAccountId } = options;
        return attempt(options.fetcher, { operation, input, region, awsAccountId, credentials, signedAt });
      });
    },
    async mend({ fault, serverDate, signedAt }) {
      if (fault.kind === "expired") return renew();
      const serverTime = Date.parse(serverDate ?? "");
      if (fault.kind !== "skewed" || Number.isNaN(serverTime)) return false;
      // EC2 says RequestExpired for credentials that have ended, too: then the clocks agree.
      if (Math.abs(serverTime - signedAt.getTime()) < skewMinMs) return renew();
      skewMs = serverTime - clock();
      return true;
    },
  };
}

function callerOf(
  client: Pick<AwsCaller, "call" | "shared">,
  home: string,
  { onGap, onCall, onAnswer, walk }: Watch,
): AwsCaller {
  const told = (operation: Operation, target: Target, answer: Promise<unknown>): Promise<unknown> =>
    onAnswer ? watched(answer, subjectOf(operation, target.region ?? home), onAnswer) : answer;
  const call: AwsCaller["call"] = (operation, input, target = {}) => {
    onCall?.();
    return told(operation, target, client.call(operation, input, target));
  };
  const pages = (operation: Operation, input: Input, target: Target, way?: Walk): AsyncIterable<unknown> =>
    pagesOf(
      operation,
      input,
      (page) => call(operation, page, target),
      (code) => ownFault(subjectOf(operation, target.region ?? home), "broken", code),
      way,
    );
  return {
    call,
    shared: (operation, input, target = {}) => told(operation, target, client.shared(operation, input, target)),
    pages: (operation, input = {}, target = {}) => pages(operation, input, target),
    walk: (operation, input = {}, target = {}) => pages(operation, input, target, walk),
    async attempt(operation, input, absent = [], target = {}) {
      try {
        return await call(operation, input, target);
      } catch (error) {
        if (!(error instanceof AwsFault)) throw error;
        if (absent.includes(error.code)) return null;
        onGap?.(error);
        return undefined;
      }
    },
    gap(error) {
      onGap?.(error);
      return undefined;
    },
  };
}

async function watched(
  answer: Promise<unknown>,
  subject: Subject,
  onAnswer: NonNullable<Watch["onAnswer"]>,
): Promise<unknown> {
  try {
    const said = await answer;
    onAnswer(subject, null);
    return said;
  } catch (error) {
    if (error instanceof AwsFault) onAnswer(subject, error);
    throw error;
  }
}
