/** Shapes of the JSON that columns hold. */

export interface OrgSettings {
  /** Regions where things may be; null: not said, so nothing violates it. */
  readonly allowedRegions: readonly string[] | null;
  readonly limits: {
    /** Requests per minute. */
    readonly perCredentialPerMinute: number;
    readonly perOrganizationPerMinute: number;
    /** 0: no hourly window. */
    readonly perOrganizationPerHour: number;
    readonly scanCreationPerMinute: number;
    readonly keyCreationPerMinute: number;
    readonly webhookTestPerMinute: number;
  };
  readonly retentionDays: { readonly attempts: number; readonly versions: number; readonly audit: number };
  /** Check id → parameters that differ from its defaults. */
  readonly checkParams: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Ids of checks that are not asked; absent in what was written before they could be switched off. */
  readonly checksOff?: readonly string[];
}

export const defaultSettings: OrgSettings = {
  allowedRegions: null,
  limits: {
    perCredentialPerMinute: 200,
    perOrganizationPerMinute: 1000,
    perOrganizationPerHour: 0,
    scanCreationPerMinute: 10,
    keyCreationPerMinute: 5,
    webhookTestPerMinute: 5,
  },
  retentionDays: { attempts: 30, versions: 400, audit: 400 },
  checkParams: {},
  checksOff: [],
};

/** How an account is entered. Never leaves the database unsealed. */
export type AccountCredential =
  | { readonly method: "keyless"; readonly roleArn: string }
  | { readonly method: "role"; readonly roleArn: string; readonly externalId: string }
  | { readonly method: "access_key"; readonly accessKeyId: string; readonly sealedSecret: string };

/** How hard an account may be asked. What is left out is as usual (`usualPace`). */
export interface AccountPace {
  /** Tasks of one scan that run side by side. */
  readonly tasksAtOnce?: number;
  /** A task that has made so many AWS calls hands the rest on. */
  readonly callsPerTask?: number;
  /** Requests per second to one service, of one task, once a burst of five seconds' worth is used up. */
  readonly requestsPerSecond?: number;
}

/** Gentle: EC2 refills 20 a second, and most services more. */
export const usualPace = {
  tasksAtOnce: 16,
  callsPerTask: 300,
  requestsPerSecond: 20,
} as const satisfies Required<AccountPace>;

/** What a thing depends on, as AWS names it. */
export interface StoredRelation {
  readonly kind: string;
  readonly resourceType: string;
  /** A native id, or a DNS name where the type is `DNS`. */
  readonly target: string;
  /** The id the resource has, or would have; of a DNS name, the id dependents find it by. */
  readonly targetId: string;
}

export interface FindingEvidence {
  readonly call: string;
  readonly field: string;
  readonly value: unknown;
}

export type CoverageState = "done" | "skipped" | "denied" | "throttled" | "failed";

/** What is known of one collector in one place. */
export interface CollectorState {
  readonly state: CoverageState;
  /** The last scan that saw the whole list; 0: never. */
  readonly completeSeq: number;
  readonly completeAt: string | null;
  /** How many scans saw the whole list. */
  readonly runs: number;
  readonly resources: number;
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  /** AWS calls it made, without retries; absent in what was written before they were counted. */
  readonly calls?: number;
  readonly errors: readonly CoverageError[];
}

export interface CoverageError {
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly code: string;
  readonly kind: string;
  readonly remedy: string;
  /** How many resources it happened to. */
  readonly count: number;
}

/** What was done and what it cost, of a task or of a whole scan. */
export interface ScanCounts {
  readonly resourcesDiscovered: number;
  readonly resourcesAdded: number;
  readonly resourcesChanged: number;
  readonly resourcesRemoved: number;
  readonly findingsNew: number;
  readonly findingsReopened: number;
  readonly findingsResolved: number;
  readonly awsCalls: number;
  readonly stsCalls: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly queueMessages: number;
}

/** What a scan did and cost; kept when its tasks are gone. */
export interface ScanSummary extends ScanCounts {
  readonly tasksTotal: number;
  readonly tasksDone: number;
  /** Coverage as this scan left it: place → collector → state. */
  readonly coverage: Readonly<Record<string, Readonly<Record<string, CollectorState>>>>;
}

/** The words of a check's verdict, as rows hold them. */
export type StoredSeverity = "low" | "medium" | "high" | "critical";
export type StoredCategory = "security" | "cost" | "reliability" | "compliance" | "operations";
export type StoredExposure = "internet" | "internal" | "idle";

/** How many resources passed a check, failed it and could not be judged. */
export interface VerdictCounts {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
}

/** Check → what it said; `check/variant` → how many failed in this variant. */
export type CheckCounts = Readonly<Record<string, VerdictCounts>>;

/** Something in another system that stands for a finding. */
export interface FindingTicket {
  /** `OPS-123`. */
  readonly key: string;
  readonly url: string | null;
}

/** All members that are named must hold; of a list's values one. At least one is named. */
export interface SuppressionCondition {
  /** Checks. */
  readonly type?: readonly string[] | undefined;
  readonly accountId?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
  readonly resourceType?: readonly string[] | undefined;
  /** Tags of the resource, all of them; null: any value. */
  readonly tags?: Readonly<Record<string, string | null>> | undefined;
  /** The resource's name or its ARN; `*` stands for anything. */
  readonly name?: string | undefined;
}

/** `field`: a member of a resource (`region`, `state`, `tags.env`, `attributes.encrypted`, `attributes.listeners.0.port`). */
export type RuleCondition =
  | { readonly field: string; readonly operator: string; readonly value?: unknown }
  | { readonly all: readonly RuleCondition[] }
  | { readonly any: readonly RuleCondition[] }
  | { readonly not: RuleCondition };

/** A control of an organization's own framework, and the checks and rules that are evidence for it. */
export interface CustomControl {
  readonly id: string;
  readonly title: string;
  readonly checks: readonly string[];
}

/** What a scan must meet. */
export type PolicyCondition =
  | { readonly kind: "max_open"; readonly severity: StoredSeverity; readonly count: number }
  | { readonly kind: "no_new"; readonly severity: StoredSeverity; readonly since: string }
  | { readonly kind: "score_at_least"; readonly framework: string; readonly score: number }
  | { readonly kind: "risk_at_most"; readonly score: number }
  | { readonly kind: "check_passes"; readonly type: string }
  | { readonly kind: "scan_complete" };

/** How one condition came out. */
export interface ConditionResult {
  readonly condition: PolicyCondition;
  readonly result: "pass" | "fail" | "unknown";
  /** What was found, as a sentence. */
  readonly reason: string;
}

/** Where deliveries go. `webhook`: events, signed; the others are channels: alerts, in words. */
export type ChannelKind = "webhook" | "slack" | "teams" | "pagerduty" | "email";

/** What may be shown of how a channel is reached. */
export interface ChannelConfig {
  /** The last characters of what opens it. */
  readonly ending?: string;
  /** E-mail: who gets it. */
  readonly recipients?: readonly string[];
  /** PagerDuty: where the service lives. */
  readonly region?: "us" | "eu";
}

/** When a digest is told: at a minute of every hour, or at a time of day. Local to an IANA time zone. */
export interface DigestTimes {
  readonly every: "hour" | "day";
  /** `09:00`; of an hour only the minutes count. */
  readonly at: string;
  readonly timeZone: string;
}

/** Nobody is told between these times of day, local to an IANA time zone; what is to be told waits. */
export interface QuietHours {
  /** `22:00` */
  readonly from: string;
  /** `07:00`; before `from`: the next day. */
  readonly to: string;
  readonly timeZone: string;
  /** Critical alerts are told all the same. */
  readonly exceptCritical: boolean;
}

/** Whom an alert goes to: what a thing's tag, or its account, is mapped to; else the rule's own channels. */
export interface AlertRoute {
  readonly by: "tag" | "account";
  /** The tag's key. */
  readonly key?: string | undefined;
  /** Value of the tag, or id of the account → ids of channels and webhooks. */
  readonly channels: Readonly<Record<string, readonly string[]>>;
}

/** Which findings; of a list's values one, all members that are named. */
export interface FindingFilter {
  readonly severity?: readonly StoredSeverity[] | undefined;
  /** Checks. */
  readonly type?: readonly string[] | undefined;
  readonly category?: readonly StoredCategory[] | undefined;
  readonly accountId?: readonly string[] | undefined;
  readonly service?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
  /** Tags of the resource, all of them; null: any value. */
  readonly tags?: Readonly<Record<string, string | null>> | undefined;
}

/** When an alert rule has something to tell. */
export type AlertCondition =
  /** Findings that opened or came back; `newOnly`: that were never seen before; `atLeast`: so many of them in one run. */
  | { readonly kind: "findings"; readonly filter: FindingFilter; readonly newOnly: boolean; readonly atLeast: number }
  /** So many are open, whenever they came. */
  | { readonly kind: "open_findings"; readonly filter: FindingFilter; readonly moreThan: number }
  | {
      readonly kind: "score_below";
      readonly framework: string;
      readonly score: number;
      readonly accountId: string | null;
    }
  /** Things with a date. `kinds`: as `GET /expirations` names them; null: all. */
  | { readonly kind: "expiring"; readonly withinDays: number; readonly kinds: readonly string[] | null }
  /** USD in 30 days, of an account or (null) of all together. */
  | { readonly kind: "spend_over"; readonly usd: number; readonly accountId: string | null }
  /** The last scan of an account ended so. */
  | {
      readonly kind: "scan_ended";
      readonly states: readonly ("error" | "partial")[];
      readonly accountId: readonly string[] | null;
    }
  | { readonly kind: "no_complete_scan"; readonly hours: number; readonly accountId: readonly string[] | null }
  /** The last evaluation of a policy failed; null: of any. */
  | { readonly kind: "policy_failed"; readonly policyId: readonly string[] | null }
  /** A webhook or channel is disabled, or has failed for so many hours. */
  | { readonly kind: "webhook_failing"; readonly hours: number };

/** What a rule saw when it was last looked at. */
export interface AlertEvaluation {
  readonly at: string;
  /** Things that met its condition and had not been told. */
  readonly matched: number;
  /** Messages that came of it: one for each alert, however many things matched. */
  readonly messages: number;
}

/** One thing an alert is about. */
export interface AlertItem {
  readonly kind: "finding" | "resource" | "account" | "framework" | "policy" | "webhook" | "organization";
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly summary: string;
  readonly severity: StoredSeverity | null;
  readonly awsAccountId: string | null;
  readonly accountName: string | null;
  readonly region: string | null;
  readonly resourceName: string | null;
  readonly resourceArn: string | null;
  /** At most three. */
  readonly evidence: readonly FindingEvidence[];
  /** What to do. */
  readonly fix: string | null;
}

/** `data` of `alert.triggered` and `alert.resolved`: what templates are filled with. Stays within 18 kB. */
export interface AlertMessage {
  readonly alertId: string;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly status: "open" | "acknowledged" | "resolved";
  readonly severity: StoredSeverity;
  readonly title: string;
  readonly summary: string;
  /** Value of the tag, or the account, that it was routed by. */
  readonly group: string | null;
  readonly runId: string | null;
  readonly at: string;
  /** What it is about now, and what of that nobody has been told of before. */
  readonly active: number;
  readonly fresh: number;
  /** The gravest, at most ten. */
  readonly items: readonly AlertItem[];
  /** How many more there are. */
  readonly omitted: number;
}

/** `data` of `alert.digest`. */
export interface DigestMessage {
  readonly channelId: string;
  readonly from: string;
  readonly to: string;
  readonly alerts: readonly AlertMessage[];
}

/** `22:00` to `06:00`, local time; `to` is no longer within. */
export interface ScheduleWindow {
  readonly from: string;
  readonly to: string;
}

/** An account that is not scanned now, and why. */
export interface SkippedAccount {
  readonly accountId: string;
  readonly reason: "running" | "disabled" | "disconnected";
  /** The scan that is in the way. */
  readonly scanId?: string;
}

/** What came of a tick of a schedule. */
export interface ScheduleRun {
  readonly at: string;
  readonly scheduledFor: string;
  readonly outcome: "started" | "skipped" | "failed";
  readonly runId: string | null;
  /** `SCAN_RUNNING: …`; null: it started. */
  readonly reason: string | null;
  readonly skipped: readonly SkippedAccount[];
}
