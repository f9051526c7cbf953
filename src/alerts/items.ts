import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { AlertItem, FindingEvidence, StoredSeverity } from "#db/values";
import { aboutChecks, type AboutChecks } from "#scans/about";
import { itemsMax } from "./fit.ts";

/** What an item says of a finding `f`. */
const columns = `f.id, f.type, f.title, f.severity, f.summary, f.aws_account_id AS awsAccountId, f.region, f.resource_name AS resourceName,
  f.resource_arn AS resourceArn, f.evidence,
  (SELECT a.name FROM accounts AS a WHERE a.org_id = ?1 AND a.id = f.account_id) AS accountName,
  CASE WHEN f.type LIKE 'rule:%' THEN (SELECT r.remediation FROM rules AS r WHERE r.org_id = ?1 AND r.id = substr(f.type, 6)) END AS remediation`;

interface ItemRow {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly severity: StoredSeverity;
  readonly summary: string;
  readonly awsAccountId: string;
  readonly accountName: string | null;
  readonly region: string;
  readonly resourceName: string | null;
  readonly resourceArn: string | null;
  readonly evidence: string;
  readonly remediation: string | null;
}

/** The gravest ten of the findings `f` that `from` names, as SQL after FROM; parameter 1 is the organization. */
export const gravest = (org: OrgContext, from: string, ...params: readonly unknown[]): Statement =>
  org.db.sql(
    `SELECT ${columns} FROM ${from} ORDER BY f.severity_rank DESC, f.first_detected_at, f.id LIMIT ${itemsMax}`,
    org.id,
    ...params,
  );

/** Evidence in a message. */
const evidenceMax = 3;

/** What `gravest` answered. */
export const itemsOf = (rows: unknown, about: AboutChecks): AlertItem[] =>
  // safe: the columns of `gravest`.
  (rows as ItemRow[]).map(({ type, evidence, remediation, ...row }) => ({
    kind: "finding",
    ...row,
    evidence: (JSON.parse(evidence) as FindingEvidence[]).slice(0, evidenceMax),
    fix: remediation ?? about[type]?.remediation ?? null,
  }));

/** What to do about checks. An alert without it is better than none. */
export const aboutIfThere = (org: OrgContext): Promise<AboutChecks> => aboutChecks(org.env).catch(() => ({}));

/** An item that says no more than this. */
export const plainItem = (
  item: Pick<AlertItem, "kind" | "id" | "title" | "summary"> & Partial<AlertItem>,
): AlertItem => ({
  severity: null,
  awsAccountId: null,
  accountName: null,
  region: null,
  resourceName: null,
  resourceArn: null,
  evidence: [],
  fix: null,
  ...item,
});
