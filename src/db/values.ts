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
