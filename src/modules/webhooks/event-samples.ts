import type { EventName } from "#db/outbox";
import type { AlertMessage, ConditionResult, DigestMessage, ScanCounts, ScanSummary } from "#db/values";
import type { ExpiringData } from "#modules/expirations";
import type { Told } from "#scans/finding-events";

const at = "2026-03-13T08:04:30.000Z";
const scan = {
  scanId: "019aa5d0-11c2-7a3b-8c4d-5e6f70819203",
  runId: "019aa5d0-11c1-7f2e-9d3c-4b5a69788706",
  accountId: "0199e0b2-7c1a-7d3e-9b1a-2f4c5d6e7f80",
  awsAccountId: "111122223333",
};

const finding: Told = {
  id: "019aa5d1-2f3e-8a4b-9c5d-6e7f8091a2b3",
  type: "security_group_open_port",
  title: "Security group lets the whole internet reach a sensitive port",
  severity: "high",
  summary: "Security group sg-0a1b2c3d4e5f60718 opens 22 to 0.0.0.0/0.",
  service: "ec2",
  region: "eu-west-1",
  resourceId: "019aa5d1-0a1b-8c2d-9e3f-4a5b6c7d8e9f",
  resourceArn: "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d4e5f60718",
  resourceName: "bastion",
};
const findings = (change: Partial<Told> = {}) => ({ ...scan, at, findings: [{ ...finding, ...change }] });

type Expiring = ExpiringData["expiring"][number];
const expiring = (what: Pick<Expiring, "kind" | "resourceType" | "arn" | "name">): ExpiringData => ({
  accountId: scan.accountId,
  awsAccountId: scan.awsAccountId,
  at,
  withinDays: 14,
  expiring: [
    {
      resourceId: finding.resourceId,
      ...what,
      region: "eu-west-1",
      expiresAt: "2026-03-24T12:00:00.000Z",
      daysLeft: 11,
    },
  ],
});

const counts: ScanCounts = {
  resourcesDiscovered: 1_284,
  resourcesAdded: 12,
  resourcesChanged: 31,
  resourcesRemoved: 4,
  findingsNew: 3,
  findingsReopened: 0,
  findingsResolved: 5,
  awsCalls: 912,
  stsCalls: 2,
  rowsRead: 5_210,
  rowsWritten: 260,
  queueMessages: 20,
};
const summary = { ...counts, tasksTotal: 19, tasksDone: 19 } satisfies Omit<ScanSummary, "coverage">;

const failed: ConditionResult = {
  condition: { kind: "max_open", severity: "critical", count: 0 },
  result: "fail",
  reason: "1 finding of severity critical is open, 0 are allowed.",
};

const violation = {
  evaluationId: "019aa5d3-5b6c-7d8e-8f90-a1b2c3d4e5f6",
  policyId: "019aa5d3-4a5b-7c6d-9e7f-8091a2b3c4d5",
  policyName: "Nothing critical in production",
  policyVersion: 2,
  ...scan,
  at,
  violations: [failed],
};

const alert: AlertMessage = {
  alertId: "019aa5d4-6c7d-7e8f-9a0b-1c2d3e4f5a6b",
  ruleId: "019aa5d4-5b6c-7d7e-8f9a-0b1c2d3e4f5a",
  ruleName: "Critical findings",
  status: "open",
  severity: "critical",
  title: "Critical findings: 1",
  summary: "1 finding that nobody has been told of before.",
  group: null,
  runId: scan.runId,
  at,
  active: 1,
  fresh: 1,
  items: [
    {
      kind: "finding",
      id: finding.id,
      title: "Everyone on the internet has access to the bucket",
      summary: "Bucket invoices is open to everyone by its policy: read.",
      severity: "critical",
      awsAccountId: scan.awsAccountId,
      accountName: "Production",
      region: "eu-west-1",
      resourceName: "invoices",
      resourceArn: "arn:aws:s3:::invoices",
      evidence: [],
      fix: "Turn on Block Public Access.",
    },
  ],
  omitted: 0,
};

const digest: DigestMessage = {
  channelId: "019aa5d5-7d8e-7f90-8a1b-2c3d4e5f6a7b",
  from: "2026-03-12T08:00:00.000Z",
  to: "2026-03-13T08:00:00.000Z",
  alerts: [alert],
};

const webhook = {
  webhookId: "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5b",
  kind: "webhook",
  name: null,
  url: "https://hooks.example.com",
  failingSince: "2026-03-12T08:04:30.000Z",
  lastError: "Answered 503",
  at,
};

/**
 * What `data` of each event looks like: what a test sends, and what docs/webhooks.md shows. Written into a file beside the
 * Worker (scripts/assets.mjs), so only types may lead here from the source.
 */
export const eventSamples: Readonly<Record<EventName, object>> = {
  "finding.opened": findings(),
  "finding.resolved": findings(),
  "finding.reopened": findings(),
  "finding.critical": findings({
    type: "s3_bucket_public",
    title: "Everyone on the internet has access to the bucket",
    severity: "critical",
    summary: "Bucket invoices is open to everyone by its policy: read.",
    service: "s3",
    resourceArn: "arn:aws:s3:::invoices",
    resourceName: "invoices",
  }),
  "security.drift": findings(),
  "cost.anomaly": findings({
    type: "cost_anomaly",
    title: "A day cost far more than the days before",
    severity: "medium",
    summary: "Amazon Elastic Compute Cloud cost 312 USD on 2026-03-12, where 96 USD is usual.",
    service: "ce",
    region: "global",
  }),
  "certificate.expiring": expiring({
    kind: "certificate",
    resourceType: "AWS::CertificateManager::Certificate",
    arn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
    name: "shop.example.com",
  }),
  "secret.expiring": expiring({
    kind: "secret",
    resourceType: "AWS::SecretsManager::Secret",
    arn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:billing/api-Ab12Cd",
    name: "billing/api",
  }),
  "scan.started": scan,
  "scan.completed": { ...scan, status: "complete", errorMessage: null, summary },
  "scan.failed": {
    ...scan,
    status: "error",
    errorMessage: "AccessDenied: The role cannot be assumed. Let its trust policy name Cloudglass.",
    summary: {},
  },
  "scan.canceled": scan,
  "run.completed": {
    runId: scan.runId,
    trigger: "schedule",
    startedAt: at,
    completedAt: at,
    status: "complete",
    scans: { total: 1, complete: 1, partial: 0, error: 0, canceled: 0 },
    findings: { new: 1, reopened: 0, resolved: 0 },
    accounts: [{ scanId: scan.scanId, accountId: scan.accountId, awsAccountId: scan.awsAccountId, status: "complete" }],
  },
  "alert.triggered": alert,
  "alert.resolved": { ...alert, status: "resolved", active: 0, fresh: 0 },
  "alert.digest": digest,
  "policy.violated": violation,
  "account.error": {
    ...scan,
    status: "error",
    errorMessage: "AccessDenied: The role cannot be assumed. Let its trust policy name Cloudglass.",
    summary: {},
  },
  "webhook.test": { message: "This is a test." },
  "webhook.failing": { ...webhook, stage: "day", disablesAt: "2026-03-17T08:04:30.000Z" },
  "webhook.disabled": { ...webhook, reason: "Every attempt of five days failed" },
  "webhook.recovered": { ...webhook, lastError: null },
};
