import type { ServiceName } from "./services.ts";

/**
 * One AWS operation as a collector declares it. The facts of its service (protocol, API version, host, scope)
 * stand in `services.ts`; what is particular to the operation stands here.
 */
export interface Operation {
  readonly service: ServiceName;
  /** AWS's name of the operation: `DescribeVolumes`. For REST protocols it only names the call. */
  readonly action: string;
  /** The IAM action the caller needs when it is not `<IAM prefix>:<action>`, e.g. `s3:GetEncryptionConfiguration`. */
  readonly iam?: string;
  /** REST protocols only: method and path. `{Bucket}`-like parts are filled from the input and percent-encoded. */
  readonly method?: "GET" | "POST";
  readonly path?: string;
  /** How the list goes on: the input field, where the answer holds the token (dotted path), the page size field and value. */
  readonly paging?: Paging;
  /** Sent without a signature: what proves the caller stands in the input. */
  readonly unsigned?: true;
  /** XML protocols only: names of elements that repeat, so that one of them still decodes to a list. */
  readonly lists?: readonly string[];
}

export interface Paging {
  /** Route 53 goes on from three values at once: then as many names as paths. */
  readonly token: string | readonly string[];
  readonly next: string | readonly string[];
  readonly limit?: readonly [field: string, size: number];
  /** Dotted path of a boolean that must be true for there to be a next page (`IsTruncated`). */
  readonly more?: string;
}

/** Flat for query protocols (nested values are flattened as the protocol demands), any JSON for JSON protocols. */
export type Input = Readonly<Record<string, unknown>>;

/** Where a call goes when it is not the region of the task. */
export interface Target {
  readonly region?: string;
}

/**
 * The AWS account as a collector sees it. Bound to one account, one region and one set of credentials. Retries, pacing,
 * signing and decoding are behind it. Every failure is an `AwsFault`.
 */
export interface AwsCaller {
  /** One call. The answer decoded (XML and JSON alike), not yet parsed. */
  call(operation: Operation, input?: Input, target?: Target): Promise<unknown>;
  /** Every page of a list in order. A page that repeats its token ends in an `AwsFault` of kind `broken`. */
  pages(operation: Operation, input?: Input, target?: Target): AsyncIterable<unknown>;
  /**
   * Like `pages`, for the one list a collector goes along: between two of its pages a task that has done enough leaves off,
   * and another goes on from there.
   */
  walk(operation: Operation, input?: Input, target?: Target): AsyncIterable<unknown>;
  /** Like `call`, but made once for all collectors of a task: for answers several of them read. */
  shared(operation: Operation, input?: Input, target?: Target): Promise<unknown>;
  /**
   * A call whose absence is an answer. `null`: AWS says there is none (error code in `absent`). `undefined`: it could not
   * be read (denied, throttled, broken); the gap is kept for the scan's coverage. Otherwise the decoded answer.
   */
  attempt(operation: Operation, input: Input, absent?: readonly string[], target?: Target): Promise<unknown>;
  /** Keeps what went wrong for the scan's coverage, where a collector can do without what it would have told. */
  gap(error: unknown): undefined;
}
