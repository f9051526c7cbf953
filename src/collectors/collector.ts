import type { AwsCaller } from "#aws/caller";

/** Where a task looks: one account, and one region or, for `global`, the partition's home region. */
export interface Place {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** The 12 digits. */
  readonly awsAccountId: string;
  /** The region asked, e.g. `eu-west-1`; for global collectors the region their endpoint stands in. */
  readonly region: string;
}

/**
 * One thing seen in an account. Everything but `observed` is what the account *is*: facts that stay the same while nobody
 * changes it, so dates are kept and ages are not.
 */
export interface Found<Attributes = Record<string, unknown>, Observed = Record<string, unknown>> {
  /** Unique for ever within (account, resource type): an ARN where one exists. */
  readonly nativeId: string;
  readonly arn: string | null;
  readonly name: string | null;
  /** AWS's own word: `running`, `available`, `in-use`; null where the kind has none. */
  readonly state: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** ISO 8601 UTC, null when AWS does not say. */
  readonly createdAt: string | null;
  /** ISO 8601 UTC: when it lapses (certificates, keys with an end), else null. */
  readonly expiresAt?: string | null;
  /** The region it lives in; `null` for global things. Left out: the region of the task. */
  readonly region?: string | null;
  /** Facts the checks read. A member that is `undefined` could not be read; `null` means AWS says there is none. */
  readonly attributes: Attributes;
  /** What moves by itself (last used, counters of use): shown and judged, never compared. */
  readonly observed?: Observed;
}

/** A found thing with an attribute that could not be read keeps what was stored of it. */
export const isPartial = (found: Found<object, object>): boolean => Object.values(found.attributes).includes(undefined);

export interface CollectContext {
  readonly aws: AwsCaller;
  readonly place: Place;
}

/**
 * Asks AWS for one kind of resource and reads the answer. Pure but for the client handed to it: it throws `AwsFault` when
 * the list itself fails and yields page by page, so that memory follows a page and not the account.
 */
export interface Collector<Attributes extends object = object, Observed extends object = object> {
  /** `<service>.<plural>`: `ec2.volumes`. The file is `collectors/<service>/<plural in kebab-case>.ts`. */
  readonly id: string;
  /** AWS's own name of the service, as in `services.ts`. */
  readonly service: string;
  /** CloudFormation's name: `AWS::EC2::Volume`. */
  readonly resourceType: string;
  readonly scope: "regional" | "global";
  /** IAM actions it needs: the onboarding policy is their union. */
  readonly actions: readonly string[];
  collect(context: CollectContext): AsyncIterable<readonly Found<Attributes, Observed>[]>;
}
