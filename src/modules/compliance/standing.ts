import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { customFrameworks } from "#db/schema";
import type { CheckCounts } from "#db/values";
import { notFound } from "#lib/fault";
import type { OwnRule } from "#scores/controls";
import { eq, type InferSelectModel } from "drizzle-orm";

export type FrameworkRow = InferSelectModel<typeof customFrameworks>;

/** What an organization adds to the built-in frameworks. */
export interface Own {
  readonly rules: readonly OwnRule[];
  readonly frameworks: readonly FrameworkRow[];
}

/** What scores are made of. */
export interface Standing extends Own {
  /** When it was last counted; null: never. */
  readonly asOf: string | null;
  readonly verdicts: CheckCounts;
  /** Check or `check/variant` → fails that are ignored with a reason until a day to come. */
  readonly excepted: Readonly<Record<string, number>>;
}

/** Statements for what an organization adds; read by `ownIn`. */
export const ownStatements = (org: OrgContext): [Statement, Statement] => [
  org.db.sql("SELECT id, severity, framework, control FROM rules WHERE org_id = ?1 AND enabled = 1", org.id),
  org.db.select().from(customFrameworks).where(eq(customFrameworks.orgId, org.id)).orderBy(customFrameworks.id),
];

/** What `ownStatements` answered. */
export const ownIn = ([rules, frameworks]: readonly unknown[]): Own =>
  // safe: the statements select these columns, and rows of the table.
  ({ rules: rules as OwnRule[], frameworks: frameworks as FrameworkRow[] });

/** An account by UUID or 12 digits, as parameter 2; null: the organization. */
export const accountId = "(SELECT id FROM accounts WHERE org_id = ?1 AND (id = ?2 OR aws_account_id = ?2))";
export const rolledUpAs = `CASE WHEN ?2 IS NULL THEN '' ELSE ${accountId} END`;

/**
 * What the checks say of an organization, or of one account, as of the last scans. One round trip: a row of the day's roll-up,
 * rules, own frameworks, and two rows for each excepted finding. Fault: RESOURCE_NOT_FOUND for an account that is not there.
 */
export async function readStanding(org: OrgContext, account: string | undefined): Promise<Standing> {
  const [found, latest, excepted, ...own] = await org.db.atomic([
    accountStatement(org, account),
    org.db.sql(
      `SELECT checks, updated_at AS asOf FROM daily_verdicts WHERE org_id = ?1 AND account_id = ${rolledUpAs}
       ORDER BY day DESC LIMIT 1`,
      org.id,
      account ?? null,
    ),
    exceptedStatement(org, account),
    ...ownStatements(org),
  ]);
  requireAccount(found, account);
  // safe: the statements' own columns.
  const [counted] = latest as { checks: string; asOf: string }[];
  return {
    asOf: counted?.asOf ?? null,
    verdicts: counted ? (JSON.parse(counted.checks) as CheckCounts) : {},
    excepted: exceptedIn(excepted as ExceptedRow[]),
    ...ownIn(own),
  };
}

export const accountStatement = (org: OrgContext, account: string | undefined): Statement =>
  org.db.sql("SELECT id FROM accounts WHERE org_id = ?1 AND (id = ?2 OR aws_account_id = ?2)", org.id, account ?? null);

/** Fault: RESOURCE_NOT_FOUND when an account was named and `accountStatement` found none. */
export function requireAccount(found: unknown, account: string | undefined): void {
  // safe: the statement answers ids.
  if (account !== undefined && (found as unknown[]).length === 0) throw notFound("account");
}

interface ExceptedRow {
  readonly type: string;
  readonly variants: string;
  readonly count: number;
}

/**
 * Findings that fail and are excepted, counted by check and variants as they stand in their resource's verdicts:
 * `;check=f:severity:digest:one+two;`.
 */
const exceptedStatement = (org: OrgContext, account: string | undefined): Statement =>
  org.db.sql(
    `WITH excepted AS (
       SELECT f.type, ';' || r.verdicts || ';' || r.cross_verdicts || ';' AS text, ';' || f.type || '=f:' AS mark
       FROM findings AS f CROSS JOIN resources AS r
       WHERE f.org_id = ?1 AND f.status = 'ignored' AND f.ignored_until IS NOT NULL AND f.ignored_until > ?3 AND f.ignore_reason <> ''
         AND (?2 IS NULL OR f.account_id = ${accountId}) AND r.org_id = ?1 AND r.id = f.resource_id),
     told AS (SELECT type, substr(text, instr(text, mark) + length(mark)) AS rest FROM excepted WHERE instr(text, mark) > 0),
     fails AS (SELECT type, substr(rest, instr(rest, ':') + 1, instr(rest, ';') - instr(rest, ':') - 1) AS fail FROM told)
     SELECT type, CASE instr(fail, ':') WHEN 0 THEN '' ELSE substr(fail, instr(fail, ':') + 1) END AS variants, count(*) AS count
     FROM fails GROUP BY 1, 2`,
    org.id,
    account ?? null,
    org.now.toISOString(),
  );

function exceptedIn(rows: readonly ExceptedRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, variants, count } of rows) {
    const keys = [type, ...(variants === "" ? [] : variants.split("+").map((name) => `${type}/${name}`))];
    for (const key of keys) counts[key] = (counts[key] ?? 0) + count;
  }
  return counts;
}
