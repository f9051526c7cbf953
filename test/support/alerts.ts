import { env } from "cloudflare:workers";
import type { AlertItem, AlertMessage } from "#db/values";
import { newId } from "#lib/id";

export const anItem = (parts: Partial<AlertItem> = {}): AlertItem => ({
  kind: "finding",
  id: "019aa5d2-0000-7000-8000-000000000001",
  title: "Security group opens a sensitive port",
  summary: "Security group sg-0123 opens 22 to 0.0.0.0/0.",
  severity: "critical",
  awsAccountId: "123456789012",
  accountName: "production",
  region: "eu-west-1",
  resourceName: "ssh-open",
  resourceArn: "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-0123",
  evidence: [
    {
      call: "ec2:DescribeSecurityGroups",
      field: "SecurityGroups[].IpPermissions[]",
      value: { protocol: "tcp", fromPort: 22, toPort: 22, sources: ["0.0.0.0/0"] },
    },
  ],
  fix: "Allow the port to known addresses only.",
  ...parts,
});

export const anAlert = (parts: Partial<AlertMessage> = {}): AlertMessage => ({
  alertId: newId(),
  ruleId: "019aa5d2-0000-7000-8000-000000000002",
  ruleName: "Open ports",
  status: "open",
  severity: "critical",
  title: "2 new findings: Security group opens a sensitive port",
  summary: "2 findings of critical severity in production.",
  group: "platform",
  runId: null,
  at: "2026-03-13T08:04:30.000Z",
  active: 3,
  fresh: 2,
  items: [anItem()],
  omitted: 1,
  ...parts,
});

/** The row of an alert rule that tells these; to be run. */
export const ruleThatTells = (
  orgId: string,
  name: string,
  channels: readonly string[],
  route: object | null = null,
): D1PreparedStatement =>
  env.DB.prepare(
    `INSERT INTO alert_rules (org_id, id, name, description, enabled, condition, listens, channels, route, window_minutes, notify_resolved, version, created_at, updated_at)
     VALUES (?1, ?2, ?2, '', 1, '{}', '[]', ?3, ?4, 60, 1, 1, '', '')`,
  ).bind(orgId, name, JSON.stringify(channels), route && JSON.stringify(route));
