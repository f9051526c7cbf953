import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { Severity } from "#checks/check";
import type { FindingStatus } from "#db/schema";
import type { SuppressionSubject } from "./suppression.ts";

/** A finding as suppressions see it, with what is told of it when it opens. */
export interface HeldFinding extends SuppressionSubject {
  readonly id: string;
  readonly version: number;
  readonly status: FindingStatus;
  /** The suppression that ignores it, and what it was told with. */
  readonly suppressionId: string | null;
  readonly ignoreReason: string | null;
  readonly ignoredUntil: string | null;
  /** A person reopened it although a suppression matches: none takes it again. */
  readonly exempt: boolean;
  readonly awsAccountId: string;
  readonly resourceId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly service: string;
  readonly resourceName: string | null;
  readonly resourceArn: string | null;
}

const columns = `f.id, f.version, f.status, f.suppression_id AS suppressionId, f.ignore_reason AS ignoreReason,
  f.ignored_until AS ignoredUntil, f.exempt, f.account_id AS accountId, f.aws_account_id AS awsAccountId, f.resource_id AS resourceId,
  f.type, f.title, f.severity, f.summary, f.service, f.region, f.resource_type AS resourceType, f.resource_name AS resourceName,
  f.resource_arn AS resourceArn, f.resource_name AS name, coalesce(f.resource_arn, r.native_id) AS arn, r.tags`;

export interface Selection {
  /** A condition on `f`, a finding; parameters from ?2 on. */
  readonly where: string;
  readonly params: readonly unknown[];
  readonly order?: string;
  readonly limit: number;
}

/** Findings with what a suppression's condition may name of them and their resources; read what it answers by `heldOf`. */
export const heldStatement = (org: OrgContext, { where, params, order = "f.id", limit }: Selection): Statement =>
  org.db.sql(
    `SELECT ${columns} FROM findings AS f LEFT JOIN resources AS r ON r.org_id = f.org_id AND r.id = f.resource_id
     WHERE f.org_id = ?1 AND ${where} ORDER BY ${order} LIMIT ${limit}`,
    org.id,
    ...params,
  );

/** What `heldStatement` answered. */
export const heldOf = (rows: unknown): HeldFinding[] =>
  // safe: the statement's own columns.
  (rows as (Omit<HeldFinding, "tags" | "exempt"> & { tags: string | null; exempt: number })[]).map((row) => ({
    ...row,
    exempt: row.exempt === 1,
    tags: JSON.parse(row.tags ?? "{}") as Record<string, string>,
  }));
