import type { OrgContext } from "#db/context";
import type { SuppressionCondition } from "#db/values";
import { heldOf, heldStatement, type HeldFinding } from "#scans/held";
import { isSuppressed } from "#scans/suppression";
import { named, namedParams } from "#scans/sweep-suppressions";

/** Findings read at once, and in all. */
const pageMax = 2_000;
const examinedMax = 20_000;
const shownMax = 20;

export interface Preview {
  /** Open findings that match. */
  readonly matched: number;
  /** False: there were too many to look at all of them, and at least so many match. */
  readonly exact: boolean;
  readonly byType: Readonly<Record<string, number>>;
  /** By the account's UUID. */
  readonly byAccount: Readonly<Record<string, number>>;
  /** The first of them. */
  readonly findings: readonly HeldFinding[];
}

/** What a suppression of this condition would take now. Nothing is changed. */
export async function previewSuppression(org: OrgContext, condition: SuppressionCondition): Promise<Preview> {
  const matched: HeldFinding[] = [];
  let after = "";
  for (let examined = 0; examined < examinedMax; examined += pageMax) {
    const page = await openOnes(org, condition, after);
    matched.push(...page.filter((finding) => isSuppressed(condition, finding)));
    const last = page.at(-1);
    if (!last || page.length < pageMax) return previewOf(matched, true);
    after = last.id;
  }
  return previewOf(matched, false);
}

async function openOnes(org: OrgContext, condition: SuppressionCondition, after: string): Promise<HeldFinding[]> {
  const [rows] = await org.db.atomic([
    heldStatement(org, {
      where: `f.id > ?2 AND +f.status = 'open' AND f.exempt = 0 AND ${named(condition, 3)}`,
      params: [after, ...namedParams(condition)],
      limit: pageMax,
    }),
  ]);
  return heldOf(rows);
}

const previewOf = (matched: readonly HeldFinding[], exact: boolean): Preview => ({
  matched: matched.length,
  exact,
  byType: counted(matched, ({ type }) => type),
  byAccount: counted(matched, ({ accountId }) => accountId),
  findings: matched.slice(0, shownMax),
});

const counted = (matched: readonly HeldFinding[], by: (finding: HeldFinding) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(matched, by)].map(([key, own]) => [key, own.length]));
