import type { AwsCaller } from "#aws/caller";
import type { Figure, MetricQuery } from "./metrics.ts";

/** Where a task looks: one account, and one region or, for `global`, the partition's home region. */
export interface Place {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** The 12 digits. */
  readonly awsAccountId: string;
  /** The region asked, e.g. `eu-west-1`; for global collectors the region their endpoint stands in. */
  readonly region: string;
}

/** How one thing depends on another: the verb between them, read from the one that depends. */
export const relationKinds = [
  "assumes",
  "attachedTo",
  "bootedFrom",
  "copyOf",
  "deadLettersTo",
  "encryptedBy",
  "forwardsTo",
  "guardedBy",
  "has",
  "in",
  "logsTo",
  "madeOf",
  "memberOf",
  "mounts",
  "originatesFrom",
  "passwordIn",
  "pointsTo",
  "protects",
  "protectedBy",
  "pulls",
  "reads",
  "references",
  "registeredIn",
  "replicaOf",
  "restoredFrom",
  "rotatedBy",
  "routedBy",
  "runs",
  "storesIn",
  "trusts",
  "uses",
] as const;
export type RelationKind = (typeof relationKinds)[number];

/** What a thing depends on. Whether that is there, or seen at all, does not matter: it may be gone or another account's. */
export interface Relation {
  readonly kind: RelationKind;
  /** CloudFormation's name of what it points at; `DNS` when only a name is known under which something answers. */
  readonly resourceType: string;
  /** The native id its own collector gives it: an ARN where one exists; a lower-case DNS name for `DNS`. */
  readonly target: string;
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
  /** `tags` is empty because they could not be read. */
  readonly tagsUnread?: boolean;
  /** ARN by which the tagging API tells its tags, which its own lists do not carry; asked for many things of a task at once. */
  readonly taggedAs?: string;
  /** ISO 8601 UTC, null when AWS does not say. */
  readonly createdAt: string | null;
  /** ISO 8601 UTC: when it lapses (certificates, keys with an end), else null. */
  readonly expiresAt?: string | null;
  /** The region it lives in; `null` for global things. Left out: the region of the task. */
  readonly region?: string | null;
  /**
   * USD per month at list price in its region, not rounded; null or left out: not known; `undefined`, where it is named: what it
   * hangs on could not be read.
   */
  readonly costMonthly?: number | null | undefined;
  /** What it depends on, each once, in any order. */
  readonly relations?: readonly Relation[];
  /** Names under which it answers, lower case: a load balancer's, a distribution's. */
  readonly dnsNames?: readonly string[];
  /** Facts the checks read. A member that is `undefined` could not be read; `null` means AWS says there is none. */
  readonly attributes: Attributes;
  /** What moves by itself (last used, counters of use): shown and judged, never compared. */
  readonly observed?: Observed;
}

/** A found thing with a part that could not be read keeps what was stored of it. */
export const isPartial = (found: Found<object, object>): boolean =>
  found.tagsUnread === true ||
  Object.values(found.attributes).includes(undefined) ||
  (Object.hasOwn(found, "costMonthly") && found.costMonthly === undefined);

/** Whether anything of it could not be read, also of what moves by itself. */
export const isReadInPart = (found: Found<object, object>): boolean =>
  isPartial(found) || Object.values(found.observed ?? {}).includes(undefined);

export interface CollectContext {
  readonly aws: AwsCaller;
  readonly place: Place;
  /** The scan's clock. */
  readonly now: Date;
}

/**
 * Asks AWS for one kind of resource and reads the answer. Pure but for the client handed to it: it throws `AwsFault` when
 * the list itself fails, and goes page by page, so that memory follows a page and not the account.
 */
export interface Collector<
  Attributes extends object = object,
  Observed extends object = object,
  Item = Found<Attributes, Observed>,
> {
  /** `<service>.<plural>`: `ec2.volumes`. The file is `collectors/<service>/<plural in kebab-case>.ts`. */
  readonly id: string;
  /** The name of the service, as in `services.ts`. */
  readonly service: string;
  /** CloudFormation's name: `AWS::EC2::Volume`. */
  readonly resourceType: string;
  readonly scope: "regional" | "global";
  /**
   * What becomes of what it finds: `resources` when left out. `facts` are only handed to the checks that read them;
   * `dailyCosts` are kept day by day.
   */
  readonly keeps?: "resources" | "facts" | "dailyCosts";
  /** `day`: asked once in a UTC day, because AWS charges for it. */
  readonly every?: "day";
  /** An account may do without: where it is denied, the scan is complete all the same. */
  readonly optional?: boolean;
  /** IAM actions it needs: the onboarding policy is their union. */
  readonly actions: readonly string[];
  /**
   * Every thing of the kind, page by page, from `aws.walk` where the list may be long. Without `describe` a list yields what
   * was found; with it, whatever `describe` needs to read one: plain JSON and small, because another task may be handed it.
   */
  list(context: CollectContext): AsyncIterable<readonly Item[]>;
  /** Follow-up calls for up to `batch` items. Items that are gone since they were listed are left out. */
  describe?(context: CollectContext, items: readonly Item[]): Promise<readonly Found<Attributes, Observed>[]>;
  /** How many items a `describe` takes at once; 1 when left out. */
  readonly batch?: number;
  /** Figures of CloudWatch it needs of some of what it finds; asked for all collectors of a task together. */
  readonly measures?: Measures<Attributes, Observed>;
}

export interface Measures<Attributes extends object = object, Observed extends object = object> {
  /** What to ask about a thing; nothing for one whose verdicts do not hang on it. */
  queries(found: Found<Attributes, Observed>, place: Place): readonly MetricQuery[];
  /** The thing with the figures, in the order of its queries. null: no data at all; `undefined`: could not be read. */
  with(found: Found<Attributes, Observed>, values: readonly Figure[]): Found<Attributes, Observed>;
}
