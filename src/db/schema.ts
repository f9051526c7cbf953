import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { PublicJwk } from "#lib/jwt";
import type { Environment } from "#scores/risk";
import type { GrantedScope, Role } from "./access.ts";
import type {
  AccountCredential,
  AccountPace,
  AlertCondition,
  AlertEvaluation,
  AlertItem,
  AlertMessage,
  AlertRoute,
  ChannelConfig,
  ChannelKind,
  CheckCounts,
  CollectorState,
  ConditionResult,
  CustomControl,
  DigestTimes,
  FindingEvidence,
  FindingTicket,
  OrgSettings,
  PolicyCondition,
  QuietHours,
  RuleCondition,
  ScanSummary,
  ScheduleRun,
  ScheduleWindow,
  StoredCategory,
  StoredExposure,
  StoredRelation,
  StoredSeverity,
  SuppressionCondition,
} from "./values.ts";

/*
 * Every table but `signing_keys` belongs to organizations: `org_id` comes first in its key and in every index. The SQL in `migrations/` is
 * what runs (WITHOUT ROWID, partial indexes and CHECKs stand there); a test holds the two together.
 * Times are ISO 8601 UTC text with milliseconds, so that text order is time order.
 */

const orgId = () => text("org_id").notNull();

export const organizations = sqliteTable(
  "organizations",
  {
    orgId: text("org_id").primaryKey(),
    name: text("name").notNull(),
    slug: text("slug").notNull(),
    tier: text("tier").$type<"free" | "pro" | "team">().notNull(),
    /** Index into the pool of databases. */
    shard: integer("shard").notNull(),
    settings: text("settings", { mode: "json" }).$type<OrgSettings>().notNull(),
    version: integer("version").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [uniqueIndex("organizations_by_slug").on(t.slug)],
);

/** The keys that sign the tokens of keyless accounts: the deployment's, so they belong to no organization. */
export const signingKeys = sqliteTable("signing_keys", {
  /** The public key's thumbprint (RFC 7638). */
  kid: text("kid").primaryKey(),
  publicJwk: text("public_jwk", { mode: "json" }).$type<PublicJwk>().notNull(),
  /** The private key as JWK, sealed. */
  sealedPrivate: text("sealed_private").notNull(),
  /** It signs from then on until a newer one does. */
  signsFrom: text("signs_from").notNull(),
  createdAt: text("created_at").notNull(),
});

export const apiKeys = sqliteTable(
  "api_keys",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    /** `<pepper version>:<HMAC-SHA256 hex>`; the key itself is nowhere. */
    hash: text("hash").notNull(),
    /** What may be shown: `cg_live_…` and the last four characters. */
    hint: text("hint").notNull(),
    role: text("role").$type<Role>().notNull(),
    scopes: text("scopes", { mode: "json" }).$type<readonly GrantedScope[]>().notNull(),
    createdBy: text("created_by"),
    rotatedTo: text("rotated_to"),
    expiresAt: text("expires_at"),
    revokedAt: text("revoked_at"),
    lastUsedAt: text("last_used_at"),
    version: integer("version").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] }), uniqueIndex("api_keys_by_hash").on(t.hash)],
);

export const auditLog = sqliteTable(
  "audit_log",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    at: text("at").notNull(),
    actorType: text("actor_type").notNull(),
    actorId: text("actor_id").notNull(),
    actorName: text("actor_name").notNull(),
    ip: text("ip"),
    userAgent: text("user_agent"),
    /** `<thing>.<verb>`: `webhook.create`. */
    action: text("action").notNull(),
    targetType: text("target_type").notNull(),
    targetId: text("target_id").notNull(),
    /** Before and after, secrets left out. */
    changes: text("changes", { mode: "json" }).$type<{ path: string; old: unknown; new: unknown }[]>().notNull(),
    requestId: text("request_id"),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    index("audit_by_action").on(t.orgId, t.action, t.id),
    index("audit_by_actor").on(t.orgId, t.actorId, t.id),
    index("audit_by_target").on(t.orgId, t.targetId, t.id),
  ],
);

export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    orgId: orgId(),
    /** SHA-256 of credential, method, route and key. */
    id: text("id").notNull(),
    /** SHA-256 of method, path and raw body. */
    fingerprint: text("fingerprint").notNull(),
    /** The id of what the POST creates, drawn with the claim. */
    reservedId: text("reserved_id").notNull(),
    claimedAt: text("claimed_at").notNull(),
    /** Null while the first request runs. */
    status: integer("status"),
    /** Sealed: a body may hold a secret that is shown once. */
    reply: text("reply"),
    headers: text("headers", { mode: "json" }).$type<Record<string, string>>(),
    expiresAt: text("expires_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] }), index("idempotency_by_expiry").on(t.orgId, t.expiresAt)],
);

export const accounts = sqliteTable(
  "accounts",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    awsAccountId: text("aws_account_id").notNull(),
    name: text("name").notNull(),
    environment: text("environment").notNull(),
    status: text("status").$type<"pending" | "ok" | "error">().notNull(),
    lastError: text("last_error"),
    credential: text("credential", { mode: "json" }).$type<AccountCredential>().notNull(),
    /** Null: every region the account has enabled. */
    regions: text("regions", { mode: "json" }).$type<readonly string[] | null>(),
    /** Null: every service Cloudglass knows. */
    services: text("services", { mode: "json" }).$type<readonly string[] | null>(),
    isManagement: integer("is_management", { mode: "boolean" }).notNull(),
    /** USD of the last 30 days Cost Explorer told of; null: it was never asked, or would not say. */
    monthlySpend: real("monthly_spend"),
    /** Null: the usual. */
    pace: text("pace", { mode: "json" }).$type<AccountPace | null>(),
    /** Number of the newest scan; scans of an account are counted from 1. */
    scanSeq: integer("scan_seq").notNull(),
    lastScanId: text("last_scan_id"),
    lastScanAt: text("last_scan_at"),
    lastScanState: text("last_scan_state"),
    /** When AWS first let us in by the present credential; null: not yet. */
    connectedAt: text("connected_at"),
    /** False: it is not scanned. */
    enabled: integer("enabled", { mode: "boolean" }).notNull().default(true),
    version: integer("version").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    uniqueIndex("accounts_by_aws_id").on(t.orgId, t.awsAccountId),
    // Across organizations: the cron job looks for those that nobody has entered yet.
    index("accounts_unentered")
      .on(t.updatedAt, t.orgId)
      .where(sql`connected_at IS NULL`),
  ],
);

/** Accounts that were disconnected and whose rows are still being taken out, slice by slice. */
export const purges = sqliteTable(
  "purges",
  { orgId: orgId(), accountId: text("account_id").notNull(), requestedAt: text("requested_at").notNull() },
  (t) => [primaryKey({ columns: [t.orgId, t.accountId] })],
);

export const runs = sqliteTable(
  "runs",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    trigger: text("trigger").$type<"api" | "schedule">().notNull(),
    /** The schedule that started it. */
    scheduleId: text("schedule_id"),
    createdBy: text("created_by"),
    createdAt: text("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] })],
);

export const scanStatuses = [
  "queued",
  "processing",
  "running",
  "analyzing",
  "complete",
  "partial",
  "error",
  "canceled",
] as const;
export type ScanStatus = (typeof scanStatuses)[number];

export const scans = sqliteTable(
  "scans",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    runId: text("run_id").notNull(),
    kind: text("kind").$type<"account">().notNull(),
    trigger: text("trigger").$type<"api" | "schedule">().notNull().default("api"),
    /** Null once the account was disconnected. */
    accountId: text("account_id"),
    awsAccountId: text("aws_account_id").notNull(),
    /** The account's scan number. */
    seq: integer("seq").notNull(),
    status: text("status").$type<ScanStatus>().notNull(),
    /** 1 while it may still change, so that one partial index holds all of them. */
    active: integer("active").notNull(),
    /** What was asked for; null: everything. */
    regions: text("regions", { mode: "json" }).$type<readonly string[] | null>(),
    services: text("services", { mode: "json" }).$type<readonly string[] | null>(),
    summary: text("summary", { mode: "json" }).$type<ScanSummary>().notNull(),
    /** What the checks said in it, counted; null while it runs. */
    verdicts: text("verdicts", { mode: "json" }).$type<CheckCounts | null>(),
    errorMessage: text("error_message"),
    /** The reaper ends a scan that is older than this. */
    deadlineAt: text("deadline_at").notNull(),
    startedAt: text("started_at"),
    completedAt: text("completed_at"),
    version: integer("version").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    // Without its organization: a socket's upgrade names only the scan.
    uniqueIndex("scans_by_id").on(t.id),
    index("scans_by_status").on(t.orgId, t.status, t.id),
    index("scans_by_account").on(t.orgId, t.accountId, t.id),
    index("scans_by_run").on(t.orgId, t.runId, t.id),
    // Of everything: what was narrowed to regions or services has not seen it all.
    index("scans_complete")
      .on(t.orgId, t.accountId, t.id)
      .where(sql`status = 'complete' AND services IS NULL AND regions IS NULL`),
    uniqueIndex("scans_active")
      .on(t.orgId, t.accountId)
      .where(sql`active = 1`),
    index("scans_all_active")
      .on(t.active, t.orgId)
      .where(sql`active = 1`),
  ],
);

export type TaskState = "queued" | "running" | "done" | "failed";

export const scanTasks = sqliteTable(
  "scan_tasks",
  {
    orgId: orgId(),
    scanId: text("scan_id").notNull(),
    /** `plan`, a place (`global` or a region), a part of one (`eu-west-1.2`), or `wave2`. */
    id: text("id").notNull(),
    state: text("state").$type<TaskState>().notNull(),
    /** Counts up with every claim; a holder of an older number may write nothing. */
    fence: integer("fence").notNull(),
    attempts: integer("attempts").notNull(),
    leaseUntil: text("lease_until"),
    /** What it has to do; null: everything of its place. */
    work: text("work", { mode: "json" }).$type<unknown>(),
    /** Counts, errors and the small facts kept for the second wave; written when the task is done. */
    outcome: text("outcome", { mode: "json" }).$type<unknown>(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.scanId, t.id] })],
);

/** What cross-service checks keep of what a task found, as far as it does not fit the task's own row. */
export const scanFacts = sqliteTable(
  "scan_facts",
  {
    orgId: orgId(),
    scanId: text("scan_id").notNull(),
    taskId: text("task_id").notNull(),
    number: integer("number").notNull(),
    facts: text("facts", { mode: "json" }).$type<unknown>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.scanId, t.taskId, t.number] })],
);

/** What was seen of one account in one region, packed: one row however many services and checks there are. */
export const coverage = sqliteTable(
  "coverage",
  {
    orgId: orgId(),
    accountId: text("account_id").notNull(),
    /** `global` or a region. */
    region: text("region").notNull(),
    scanId: text("scan_id").notNull(),
    seq: integer("seq").notNull(),
    collectors: text("collectors", { mode: "json" }).$type<Readonly<Record<string, CollectorState>>>().notNull(),
    /** What the checks said there, counted: collector → check → counts. Null: written before they were counted. */
    verdicts: text("verdicts", { mode: "json" }).$type<Readonly<Record<string, CheckCounts>> | null>(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.accountId, t.region] })],
);

export const resources = sqliteTable(
  "resources",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    accountId: text("account_id").notNull(),
    awsAccountId: text("aws_account_id").notNull(),
    /** The task that sees it: `global` or a region. */
    place: text("place").notNull(),
    collector: text("collector").notNull(),
    service: text("service").notNull(),
    resourceType: text("resource_type").notNull(),
    /** Where it lives; `global` when nowhere in particular. */
    region: text("region").notNull(),
    nativeId: text("native_id").notNull(),
    arn: text("arn"),
    name: text("name"),
    state: text("state"),
    tags: text("tags", { mode: "json" }).$type<Readonly<Record<string, string>>>().notNull(),
    attributes: text("attributes", { mode: "json" }).$type<Readonly<Record<string, unknown>>>().notNull(),
    /** What it depends on, as AWS names it. */
    relations: text("relations", { mode: "json" }).$type<readonly StoredRelation[]>().notNull().default([]),
    /** Digest of all facts. */
    digest: text("digest").notNull(),
    /** `check=pass|unknown|fail:severity:digest`, separated by `;`: what was last judged of it. */
    verdicts: text("verdicts").notNull(),
    /** The same of the checks that read across services. */
    crossVerdicts: text("cross_verdicts").notNull(),
    expiresAt: text("expires_at"),
    costMonthly: real("cost_monthly"),
    /** What its open and snoozed findings add up to (`scores/risk.ts`). */
    riskLog: real("risk_log").notNull().default(0),
    /** The most that one of its open findings would save. */
    savingsMonthly: real("savings_monthly"),
    /** The scan since which it is so. */
    fromSeq: integer("from_seq").notNull(),
    resourceCreatedAt: text("resource_created_at"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    // Covering: what a task compares its findings with.
    index("resources_by_place").on(
      t.orgId,
      t.accountId,
      t.place,
      t.collector,
      t.id,
      t.digest,
      t.verdicts,
      t.crossVerdicts,
    ),
    index("resources_by_account").on(t.orgId, t.accountId, t.id),
    index("resources_by_start").on(t.orgId, t.accountId, t.fromSeq, t.id),
    index("resources_by_service").on(t.orgId, t.service, t.id),
    index("resources_by_type").on(t.orgId, t.resourceType, t.id),
    index("resources_by_region").on(t.orgId, t.region, t.id),
    index("resources_by_state").on(t.orgId, t.state, t.id),
    index("resources_by_arn").on(t.orgId, t.arn),
    index("resources_by_expiry")
      .on(t.orgId, t.resourceType, t.expiresAt, t.id)
      .where(sql`expires_at IS NOT NULL`),
    index("resources_by_lapse")
      .on(t.orgId, t.expiresAt, t.id)
      .where(sql`expires_at IS NOT NULL`),
    index("resources_by_account_lapse")
      .on(t.orgId, t.accountId, t.expiresAt, t.id)
      .where(sql`expires_at IS NOT NULL`),
    index("resources_by_risk")
      .on(t.orgId, t.accountId, t.riskLog, t.id)
      .where(sql`risk_log > 0`),
  ],
);

/** Who depends on a thing: on a resource, whether or not it is there, or on a DNS name. */
export const dependencies = sqliteTable(
  "dependencies",
  {
    orgId: orgId(),
    targetId: text("target_id").notNull(),
    sourceId: text("source_id").notNull(),
    /** A relation's kind; `answersAt`: the source answers under the DNS name that is the target. */
    kind: text("kind").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.targetId, t.sourceId, t.kind] }),
    index("dependencies_by_source").on(t.orgId, t.sourceId),
  ],
);

/** What an account spent, day by day, as Cost Explorer tells it: one row however many services. */
export const dailyCosts = sqliteTable(
  "daily_costs",
  {
    orgId: orgId(),
    accountId: text("account_id").notNull(),
    /** `2026-11-20`, UTC. */
    day: text("day").notNull(),
    currency: text("currency").notNull(),
    total: real("total").notNull(),
    /** Cost Explorer's name of a service → amount. */
    services: text("services", { mode: "json" }).$type<Readonly<Record<string, number>>>().notNull(),
    /** AWS may still change it. */
    estimated: integer("estimated", { mode: "boolean" }).notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.accountId, t.day] })],
);

/** What a resource was like in scans `fromSeq ≤ s < toSeq`. */
export const resourceVersions = sqliteTable(
  "resource_versions",
  {
    orgId: orgId(),
    accountId: text("account_id").notNull(),
    resourceId: text("resource_id").notNull(),
    fromSeq: integer("from_seq").notNull(),
    toSeq: integer("to_seq").notNull(),
    /** The row of `resources` as JSON. */
    row: text("row", { mode: "json" }).$type<Readonly<Record<string, unknown>>>().notNull(),
    endedAt: text("ended_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.accountId, t.resourceId, t.toSeq] }),
    index("resource_versions_by_start").on(t.orgId, t.accountId, t.fromSeq),
    index("resource_versions_by_end").on(t.orgId, t.accountId, t.toSeq),
    index("resource_versions_by_age").on(t.orgId, t.endedAt),
  ],
);

export const findingStatuses = ["open", "snoozed", "ignored", "resolved"] as const;
export type FindingStatus = (typeof findingStatuses)[number];

export const findings = sqliteTable(
  "findings",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    accountId: text("account_id").notNull(),
    awsAccountId: text("aws_account_id").notNull(),
    resourceId: text("resource_id").notNull(),
    place: text("place").notNull(),
    collector: text("collector").notNull(),
    service: text("service").notNull(),
    resourceType: text("resource_type").notNull(),
    region: text("region").notNull(),
    resourceArn: text("resource_arn"),
    resourceName: text("resource_name"),
    /** The check's id. */
    type: text("type").notNull(),
    title: text("title").notNull(),
    category: text("category").notNull(),
    severity: text("severity").notNull(),
    /** 0 low … 3 critical: what lists order by. */
    severityRank: integer("severity_rank").notNull(),
    summary: text("summary").notNull(),
    details: text("details", { mode: "json" }).$type<Readonly<Record<string, unknown>>>().notNull(),
    evidence: text("evidence", { mode: "json" }).$type<readonly FindingEvidence[]>().notNull(),
    /** Digest of all that is told of it. */
    digest: text("digest").notNull(),
    /** Digest of severity and what its check calls decisive: what people decided holds while this is the same. */
    decisive: text("decisive").notNull().default(""),
    savingsMonthly: real("savings_monthly"),
    /** What of it counts: of all that could be saved on one resource only the largest. */
    savingsCounted: real("savings_counted").notNull().default(0),
    exposure: text("exposure").$type<StoredExposure>().notNull().default("internal"),
    environment: text("environment").$type<Environment>().notNull().default("production"),
    /** −ln(1 − p): how likely it is what goes wrong; 0 for cost. */
    riskLog: real("risk_log").notNull().default(0),
    status: text("status").$type<FindingStatus>().notNull(),
    ignoreReason: text("ignore_reason"),
    snoozedUntil: text("snoozed_until"),
    /** Null: for good. */
    ignoredUntil: text("ignored_until"),
    /** The suppression that ignores it. */
    suppressionId: text("suppression_id"),
    /** A person reopened it although a suppression matches: none takes it again. */
    exempt: integer("exempt", { mode: "boolean" }).notNull().default(false),
    note: text("note"),
    assignee: text("assignee"),
    dueAt: text("due_at"),
    ticket: text("ticket", { mode: "json" }).$type<FindingTicket | null>(),
    /** Who snoozed, ignored or reopened it last. */
    decidedBy: text("decided_by"),
    decidedAt: text("decided_at"),
    firstDetectedAt: text("first_detected_at").notNull(),
    /** Last time it was seen before the present stretch; while verified, coverage knows a later one. */
    lastDetectedAt: text("last_detected_at").notNull(),
    /** Times seen before the present stretch. */
    detectionsBefore: integer("detections_before").notNull(),
    /** Complete runs of the collector before the present stretch; detections = before + max(1, runs − this). */
    runsAtStart: integer("runs_at_start").notNull(),
    /** False: the last judgement was unknown, so nothing newer than `lastDetectedAt` is known. */
    verified: integer("verified", { mode: "boolean" }).notNull(),
    reopenedCount: integer("reopened_count").notNull(),
    lastScanId: text("last_scan_id").notNull(),
    resolvedAt: text("resolved_at"),
    version: integer("version").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    index("findings_by_rank").on(t.orgId, t.status, t.severityRank, t.firstDetectedAt, t.id),
    index("findings_by_type").on(t.orgId, t.status, t.type, t.severityRank, t.firstDetectedAt, t.id),
    index("findings_by_category").on(t.orgId, t.status, t.category, t.severityRank, t.firstDetectedAt, t.id),
    index("findings_by_account").on(t.orgId, t.status, t.accountId, t.severityRank, t.firstDetectedAt, t.id),
    index("findings_by_region").on(t.orgId, t.status, t.region, t.severityRank, t.firstDetectedAt, t.id),
    index("findings_by_service").on(t.orgId, t.status, t.service, t.severityRank, t.firstDetectedAt, t.id),
    index("findings_by_resource_type").on(t.orgId, t.status, t.resourceType, t.severityRank, t.firstDetectedAt, t.id),
    index("findings_by_resource").on(t.orgId, t.resourceId, t.status, t.severityRank, t.firstDetectedAt, t.id),
    index("findings_by_resolution")
      .on(t.orgId, t.resolvedAt)
      .where(sql`status = 'resolved'`),
    // Across organizations: the cron job opens what has lapsed.
    index("findings_snoozed")
      .on(t.snoozedUntil, t.orgId)
      .where(sql`status = 'snoozed'`),
    index("findings_excepted")
      .on(t.orgId, t.ignoredUntil, t.type)
      .where(sql`status = 'ignored' AND ignored_until IS NOT NULL`),
    index("findings_ignored")
      .on(t.ignoredUntil, t.orgId)
      .where(sql`status = 'ignored' AND ignored_until IS NOT NULL AND suppression_id IS NULL`),
    index("findings_by_suppression")
      .on(t.orgId, t.suppressionId, t.severityRank, t.firstDetectedAt, t.id)
      .where(sql`suppression_id IS NOT NULL`),
    index("findings_by_assignee")
      .on(t.orgId, t.status, t.assignee, t.severityRank, t.firstDetectedAt, t.id)
      .where(sql`assignee IS NOT NULL`),
  ],
);

export const recommendationStatuses = ["open", "accepted", "dismissed"] as const;
export type RecommendationStatus = (typeof recommendationStatuses)[number];

/** One for each account and check with open findings. Counts are kept by the batches that change findings; money in cents. */
export const recommendations = sqliteTable(
  "recommendations",
  {
    orgId: orgId(),
    accountId: text("account_id").notNull(),
    /** The check's id. */
    type: text("type").notNull(),
    /** Derived from account and check; empty until it is ranked for the first time. */
    id: text("id").notNull().default(""),
    category: text("category"),
    low: integer("low").notNull(),
    medium: integer("medium").notNull(),
    high: integer("high").notNull(),
    critical: integer("critical").notNull(),
    /** How many can be reached from the internet. */
    exposed: integer("exposed").notNull(),
    /** How many are in production. */
    production: integer("production").notNull(),
    savings: integer("savings").notNull(),
    /** What of it is not told by another recommendation already. */
    savingsCounted: integer("savings_counted").notNull(),
    /** 0–100. */
    priority: real("priority").notNull().default(0),
    /** The counts have changed since the priority was worked out. */
    unranked: integer("unranked", { mode: "boolean" }).notNull().default(true),
    /** How much less the account's risk score would be, as of its last scan. */
    riskReduction: real("risk_reduction"),
    status: text("status").$type<RecommendationStatus>().notNull().default("open"),
    reason: text("reason"),
    decidedBy: text("decided_by"),
    decidedAt: text("decided_at"),
    version: integer("version").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.accountId, t.type] }),
    uniqueIndex("recommendations_by_id")
      .on(t.orgId, t.id)
      .where(sql`id <> ''`),
    index("recommendations_by_priority")
      .on(t.orgId, t.status, t.priority, t.id)
      .where(sql`low + medium + high + critical > 0`),
    index("recommendations_by_account")
      .on(t.orgId, t.status, t.accountId, t.priority, t.id)
      .where(sql`low + medium + high + critical > 0`),
    index("recommendations_by_type")
      .on(t.orgId, t.status, t.type, t.priority, t.id)
      .where(sql`low + medium + high + critical > 0`),
    index("recommendations_by_category")
      .on(t.orgId, t.status, t.category, t.priority, t.id)
      .where(sql`low + medium + high + critical > 0`),
    index("recommendations_unranked")
      .on(t.orgId)
      .where(sql`unranked = 1`),
    index("recommendations_empty")
      .on(t.orgId)
      .where(sql`low + medium + high + critical = 0 AND status = 'open'`),
  ],
);

/** What the checks said of an account on a day, counted; a roll-up that is kept. */
export const dailyVerdicts = sqliteTable(
  "daily_verdicts",
  {
    orgId: orgId(),
    /** Empty: the whole organization. */
    accountId: text("account_id").notNull(),
    /** `2026-11-20`, UTC. */
    day: text("day").notNull(),
    checks: text("checks", { mode: "json" }).$type<CheckCounts>().notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.accountId, t.day] })],
);

/** Findings that are nobody's to do anything about, by a condition. */
export const suppressions = sqliteTable(
  "suppressions",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    condition: text("condition", { mode: "json" }).$type<SuppressionCondition>().notNull(),
    reason: text("reason").notNull(),
    owner: text("owner"),
    expiresAt: text("expires_at"),
    /** Deleted or lapsed: it takes nothing any more, and what it took is given back. */
    endedAt: text("ended_at"),
    /** The row goes when all is given back. */
    deleted: integer("deleted", { mode: "boolean" }).notNull().default(false),
    /** Existing findings with ids up to this one have been looked at; null: all of them. */
    sweepAfter: text("sweep_after"),
    version: integer("version").notNull(),
    createdBy: text("created_by"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    index("suppressions_unswept")
      .on(t.orgId, t.id)
      .where(sql`sweep_after IS NOT NULL`),
    index("suppressions_lapsing")
      .on(t.expiresAt, t.orgId)
      .where(sql`ended_at IS NULL AND expires_at IS NOT NULL`),
  ],
);

/** An organization's own conditions over resources. */
export const rules = sqliteTable(
  "rules",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    description: text("description").notNull(),
    /** A framework it is evidence for, built in or the organization's own. */
    framework: text("framework"),
    control: text("control"),
    severity: text("severity").$type<StoredSeverity>().notNull(),
    category: text("category").$type<StoredCategory>().notNull(),
    /** CloudFormation's names; empty: every kind. */
    resourceTypes: text("resource_types", { mode: "json" }).$type<readonly string[]>().notNull(),
    /** What fails; exactly one of this and `expression`. */
    condition: text("condition", { mode: "json" }).$type<RuleCondition | null>(),
    /** CEL: true is a fail. */
    expression: text("expression"),
    remediation: text("remediation"),
    enabled: integer("enabled", { mode: "boolean" }).notNull(),
    /** Switched off or deleted: its findings are being resolved. */
    resolving: integer("resolving", { mode: "boolean" }).notNull().default(false),
    /** Deleted: the row goes when its findings are resolved. */
    endedAt: text("ended_at"),
    version: integer("version").notNull(),
    createdBy: text("created_by"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    uniqueIndex("rules_by_name")
      .on(t.orgId, t.name)
      .where(sql`ended_at IS NULL`),
    index("rules_resolving")
      .on(t.orgId, t.id)
      .where(sql`resolving = 1`),
  ],
);

/** Frameworks of an organization's own. */
export const customFrameworks = sqliteTable(
  "custom_frameworks",
  {
    orgId: orgId(),
    /** Chosen by the organization: `acme_baseline`. */
    id: text("id").notNull(),
    title: text("title").notNull(),
    edition: text("edition"),
    controls: text("controls", { mode: "json" }).$type<readonly CustomControl[]>().notNull(),
    version: integer("version").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] })],
);

/** What a scan must meet. */
export const policies = sqliteTable(
  "policies",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    description: text("description").notNull(),
    enabled: integer("enabled", { mode: "boolean" }).notNull(),
    /** Ids; null: every account. */
    accounts: text("accounts", { mode: "json" }).$type<readonly string[] | null>(),
    conditions: text("conditions", { mode: "json" }).$type<readonly PolicyCondition[]>().notNull(),
    version: integer("version").notNull(),
    createdBy: text("created_by"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] }), uniqueIndex("policies_by_name").on(t.orgId, t.name)],
);

/** Whether a scan met a policy. */
export const evaluations = sqliteTable(
  "evaluations",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    policyId: text("policy_id").notNull(),
    policyVersion: integer("policy_version").notNull(),
    policyName: text("policy_name").notNull(),
    scanId: text("scan_id").notNull(),
    accountId: text("account_id"),
    trigger: text("trigger").$type<"scan" | "api">().notNull(),
    result: text("result").$type<"pass" | "fail">().notNull(),
    conditions: text("conditions", { mode: "json" }).$type<readonly ConditionResult[]>().notNull(),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    index("evaluations_by_policy").on(t.orgId, t.policyId, t.result, t.id),
    index("evaluations_by_scan").on(t.orgId, t.scanId, t.id),
    index("evaluations_by_result").on(t.orgId, t.result, t.id),
    index("evaluations_by_time").on(t.orgId, t.createdAt),
  ],
);

/** Counted as rows change, in the same batch: stats and totals never scan a table. */
export const counters = sqliteTable(
  "counters",
  {
    orgId: orgId(),
    /** `finding`, `resource`, or `saving`: open findings that save, and in `open` how many cents a month count. */
    subject: text("subject").notNull(),
    /** `all`, `severity`, `type`, `category`, `service`, `region`, `account`, `state`, `resourceType`. */
    dimension: text("dimension").notNull(),
    value: text("value").notNull(),
    total: integer("total").notNull(),
    open: integer("open").notNull(),
    snoozed: integer("snoozed").notNull(),
    ignored: integer("ignored").notNull(),
    resolved: integer("resolved").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.subject, t.dimension, t.value] }),
    index("counters_empty")
      .on(t.orgId)
      .where(sql`total = 0`),
  ],
);

export const webhooks = sqliteTable(
  "webhooks",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    /** `webhook`: told of events it subscribed to. The others are channels: told of alerts. */
    kind: text("kind").$type<ChannelKind>().notNull().default("webhook"),
    /** Of a channel. */
    name: text("name"),
    /** Of a channel only what may be shown: the origin. */
    url: text("url").notNull(),
    description: text("description"),
    /** Event names, `*` and `finding.*` allowed. */
    events: text("events", { mode: "json" }).$type<readonly string[]>().notNull(),
    /** What it wants to hear of; null: everything. */
    severities: text("severities", { mode: "json" }).$type<readonly StoredSeverity[] | null>(),
    accountIds: text("account_ids", { mode: "json" }).$type<readonly string[] | null>(),
    /** Sealed: `whsec_…` of a webhook; the whole URL or the routing key of a channel; empty for e-mail. */
    secret: text("secret").notNull(),
    /** Sealed: the secret before this one, with which is signed as well until then. */
    previousSecret: text("previous_secret"),
    previousUntil: text("previous_until"),
    /** Of a channel: what may be shown of how it is reached. */
    config: text("config", { mode: "json" }).$type<ChannelConfig | null>(),
    /** Of a channel: when what has gathered is told at once; null: each alert by itself. */
    digest: text("digest", { mode: "json" }).$type<DigestTimes | null>(),
    status: text("status").$type<"enabled" | "disabled">().notNull(),
    disabledReason: text("disabled_reason"),
    disabledAt: text("disabled_at"),
    /** Attempts that failed one after the other, and when the first of them was. */
    failures: integer("failures").notNull().default(0),
    failingSince: text("failing_since"),
    /** What was told of its failing: 1 a day, 2 three days, 3 that it was disabled; -1: it was enabled again since. */
    warned: integer("warned").notNull().default(0),
    lastDeliveredAt: text("last_delivered_at"),
    /** Times for which it was disabled. */
    silences: text("silences", { mode: "json" })
      .$type<readonly (readonly [from: string, to: string])[]>()
      .notNull()
      .default([]),
    /** Until then nobody else sends to it: an attempt is under way, it asked for a pause (Retry-After), or it kept failing. */
    busyUntil: text("busy_until"),
    version: integer("version").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    index("webhooks_by_kind").on(t.orgId, t.kind, t.id),
    index("webhooks_troubled")
      .on(t.orgId, t.id)
      .where(sql`status = 'disabled' OR failing_since IS NOT NULL`),
  ],
);

/** What happened, kept once for all who are told. */
export const events = sqliteTable(
  "events",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    /** The names it may be told under, the most specific first. */
    names: text("names", { mode: "json" }).$type<readonly string[]>().notNull(),
    data: text("data", { mode: "json" }).$type<unknown>().notNull(),
    /** What filters go by; null: it is about none in particular. */
    severity: text("severity"),
    /** Of several: their ids, separated by commas. */
    accountId: text("account_id"),
    createdAt: text("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] }), index("events_by_time").on(t.orgId, t.createdAt)],
);

export type DeliveryStatus = "pending" | "delivered" | "dead";

export const deliveries = sqliteTable(
  "deliveries",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    webhookId: text("webhook_id").notNull(),
    eventId: text("event_id").notNull(),
    /** The name this webhook subscribed to. */
    event: text("event").notNull(),
    status: text("status").$type<DeliveryStatus>().notNull(),
    attempts: integer("attempts").notNull(),
    /** Attempts of earlier rounds: it was sent again by hand. */
    attemptsBefore: integer("attempts_before").notNull().default(0),
    lastAttemptAt: text("last_attempt_at"),
    lastStatus: integer("last_status"),
    lastError: text("last_error"),
    lastDurationMs: integer("last_duration_ms"),
    /** Null when there is nothing more to do. */
    nextAttemptAt: text("next_attempt_at"),
    leaseUntil: text("lease_until"),
    deliveredAt: text("delivered_at"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    uniqueIndex("deliveries_once").on(t.orgId, t.webhookId, t.eventId),
    index("deliveries_by_webhook").on(t.orgId, t.webhookId, t.id),
    index("deliveries_by_status").on(t.orgId, t.webhookId, t.status, t.id),
    index("deliveries_by_event").on(t.orgId, t.webhookId, t.event, t.id),
    // The webhooks with something to do are found by stepping from one to the next.
    index("deliveries_due")
      .on(t.orgId, t.webhookId, t.nextAttemptAt)
      .where(sql`next_attempt_at IS NOT NULL`),
  ],
);

export const attempts = sqliteTable(
  "attempts",
  {
    orgId: orgId(),
    deliveryId: text("delivery_id").notNull(),
    number: integer("number").notNull(),
    at: text("at").notNull(),
    durationMs: integer("duration_ms").notNull(),
    /** HTTP status; null when there was no answer. */
    status: integer("status"),
    error: text("error"),
    /** First KiB of the answer. */
    response: text("response"),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.deliveryId, t.number] }), index("attempts_by_time").on(t.orgId, t.at)],
);

/** When somebody is to be told, and where. */
export const alertRules = sqliteTable(
  "alert_rules",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    description: text("description").notNull(),
    enabled: integer("enabled", { mode: "boolean" }).notNull(),
    /** Of its alerts; null: that of the gravest finding, else `medium`. */
    severity: text("severity").$type<StoredSeverity | null>(),
    condition: text("condition", { mode: "json" }).$type<AlertCondition>().notNull(),
    /** Names of the events it is fed by; empty: it looks at how things are. */
    listens: text("listens", { mode: "json" }).$type<readonly string[]>().notNull(),
    /** Ids of channels and webhooks. */
    channels: text("channels", { mode: "json" }).$type<readonly string[]>().notNull(),
    route: text("route", { mode: "json" }).$type<AlertRoute | null>(),
    /** An alert is told of at most once in so many minutes. */
    windowMinutes: integer("window_minutes").notNull(),
    quietHours: text("quiet_hours", { mode: "json" }).$type<QuietHours | null>(),
    notifyResolved: integer("notify_resolved", { mode: "boolean" }).notNull(),
    /** Of the last time that something met its condition. */
    lastEvaluation: text("last_evaluation", { mode: "json" }).$type<AlertEvaluation | null>(),
    /** Batches that moved what it is about; one that was worked out from how things were names the number it read. */
    evaluations: integer("evaluations").notNull().default(0),
    /** What `asked` of the clock was when it was made or began anew: it hears of nothing that was written before. */
    since: integer("since").notNull().default(0),
    version: integer("version").notNull(),
    createdBy: text("created_by"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] }), uniqueIndex("alert_rules_by_name").on(t.orgId, t.name)],
);

export type AlertStatus = "open" | "acknowledged" | "resolved";

/** That it happened. One alert of a rule and group is not resolved at a time. */
export const alerts = sqliteTable(
  "alerts",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    ruleId: text("rule_id").notNull(),
    ruleName: text("rule_name").notNull(),
    /** What its rule routes by; empty: none. */
    groupKey: text("group_key").notNull(),
    status: text("status").$type<AlertStatus>().notNull(),
    severity: text("severity").$type<StoredSeverity>().notNull(),
    title: text("title").notNull(),
    summary: text("summary").notNull(),
    /** The gravest of what it is about. */
    items: text("items", { mode: "json" }).$type<readonly AlertItem[]>().notNull(),
    /** How much it was ever about. */
    total: integer("total").notNull(),
    /** Who is told: ids of channels and webhooks. */
    channels: text("channels", { mode: "json" }).$type<readonly string[]>().notNull(),
    /** Of the accounts it was ever about, also those that are gone; null: it is about none in particular. */
    accountIds: text("account_ids", { mode: "json" }).$type<readonly string[] | null>(),
    runId: text("run_id"),
    toldAt: text("told_at"),
    /** How often it was told. */
    messages: integer("messages").notNull(),
    acknowledgedBy: text("acknowledged_by"),
    acknowledgedAt: text("acknowledged_at"),
    /** `system`: its cause is gone. */
    resolvedBy: text("resolved_by"),
    resolvedAt: text("resolved_at"),
    note: text("note"),
    version: integer("version").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    uniqueIndex("alerts_unresolved")
      .on(t.orgId, t.ruleId, t.groupKey)
      .where(sql`status <> 'resolved'`),
    index("alerts_by_status").on(t.orgId, t.status, t.id),
    index("alerts_by_severity").on(t.orgId, t.status, t.severity, t.id),
    index("alerts_by_rule").on(t.orgId, t.status, t.ruleId, t.id),
  ],
);

/** What rules are about now: ids of findings, resources, accounts … */
export const alertMembers = sqliteTable(
  "alert_members",
  {
    orgId: orgId(),
    ruleId: text("rule_id").notNull(),
    subject: text("subject").notNull(),
    groupKey: text("group_key").notNull(),
    /** The run it came with, until that is told of; empty: it may be told at once. */
    occasion: text("occasion").notNull(),
    /** Empty until it was told. */
    alertId: text("alert_id").notNull().default(""),
    /** A message said so. */
    told: integer("told", { mode: "boolean" }).notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.ruleId, t.subject] }),
    index("alert_members_fresh")
      .on(t.orgId, t.ruleId, t.occasion, t.groupKey, t.subject)
      .where(sql`told = 0`),
    index("alert_members_by_alert")
      .on(t.orgId, t.alertId, t.subject)
      .where(sql`told = 1`),
    index("alert_members_by_subject").on(t.orgId, t.subject),
  ],
);

/** Events that rules have not looked at yet; what belongs to a run waits for its end. */
export const alertInbox = sqliteTable(
  "alert_inbox",
  {
    orgId: orgId(),
    /** Empty: it belongs to none. */
    runId: text("run_id").notNull(),
    eventId: text("event_id").notNull(),
    createdAt: text("created_at").notNull(),
    /** What `asked` of the clock was then. */
    asked: integer("asked").notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.runId, t.eventId] })],
);

/** When the rules of an organization are to be looked at next; no row: it has none. */
export const alertClocks = sqliteTable(
  "alert_clocks",
  {
    orgId: text("org_id").primaryKey(),
    dueAt: text("due_at").notNull(),
    /** How often somebody asked for it: who has looked sets the clock only when nobody did meanwhile. */
    asked: integer("asked").notNull().default(0),
  },
  (t) => [index("alert_clocks_due").on(t.dueAt, t.orgId)],
);

/** Messages of alerts that wait for their channel's digest. */
export const digestItems = sqliteTable(
  "digest_items",
  {
    orgId: orgId(),
    channelId: text("channel_id").notNull(),
    id: text("id").notNull(),
    dueAt: text("due_at").notNull(),
    message: text("message", { mode: "json" }).$type<AlertMessage>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.channelId, t.id] }),
    index("digest_items_due").on(t.dueAt, t.orgId, t.channelId),
  ],
);

/** Scans that start by themselves. */
export const schedules = sqliteTable(
  "schedules",
  {
    orgId: orgId(),
    id: text("id").notNull(),
    name: text("name").notNull(),
    /** Five fields, or `@daily` and the like. */
    cron: text("cron").notNull(),
    /** IANA's name. */
    timeZone: text("time_zone").notNull(),
    /** Null: every account. */
    accountIds: text("account_ids", { mode: "json" }).$type<readonly string[] | null>(),
    /** Null: what each account is set to. */
    regions: text("regions", { mode: "json" }).$type<readonly string[] | null>(),
    services: text("services", { mode: "json" }).$type<readonly string[] | null>(),
    /** Runs start only then; null: at any time. */
    window: text("window", { mode: "json" }).$type<ScheduleWindow | null>(),
    enabled: integer("enabled", { mode: "boolean" }).notNull(),
    /** The tick it waits for; null: none. */
    nextTickAt: text("next_tick_at"),
    /** That tick with its delay: when the run starts. */
    nextRunAt: text("next_run_at"),
    lastRun: text("last_run", { mode: "json" }).$type<ScheduleRun | null>(),
    /** Since when the run that is due could not be started, for reasons of ours. */
    failingSince: text("failing_since"),
    version: integer("version").notNull(),
    createdBy: text("created_by"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    // Across organizations: the cron job starts what is due.
    index("schedules_due")
      .on(t.nextRunAt, t.orgId)
      .where(sql`next_run_at IS NOT NULL`),
  ],
);

/** How things stood and what happened on a day; a roll-up that is kept. */
export const dailyStats = sqliteTable(
  "daily_stats",
  {
    orgId: orgId(),
    /** Empty: the whole organization. */
    accountId: text("account_id").notNull(),
    /** `2026-11-20`, UTC. */
    day: text("day").notNull(),
    /** Open findings. Null, like all that stood then: nobody has looked that day. */
    openLow: integer("open_low"),
    openMedium: integer("open_medium"),
    openHigh: integer("open_high"),
    openCritical: integer("open_critical"),
    resources: integer("resources"),
    /** What could be saved a month, in cents, the same money counted once. */
    savings: integer("savings"),
    /** USD of the last 30 days, as Cost Explorer told it; null also where it may not be asked. */
    spend: real("spend"),
    /** Findings that opened that day, or opened again. */
    openedLow: integer("opened_low").notNull().default(0),
    openedMedium: integer("opened_medium").notNull().default(0),
    openedHigh: integer("opened_high").notNull().default(0),
    openedCritical: integer("opened_critical").notNull().default(0),
    resolvedLow: integer("resolved_low").notNull().default(0),
    resolvedMedium: integer("resolved_medium").notNull().default(0),
    resolvedHigh: integer("resolved_high").notNull().default(0),
    resolvedCritical: integer("resolved_critical").notNull().default(0),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.accountId, t.day] })],
);

/** What was told of the end of a resource. */
export const expiryNotices = sqliteTable(
  "expiry_notices",
  {
    orgId: orgId(),
    resourceId: text("resource_id").notNull(),
    expiresAt: text("expires_at").notNull(),
    /** The fewest days before it that were told. */
    days: integer("days").notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.resourceId] })],
);
