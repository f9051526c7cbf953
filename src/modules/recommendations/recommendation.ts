import type { About } from "#checks/check";
import type { SealedCheck } from "#checks/sealed";
import type { OrgContext } from "#db/context";
import { aboutChecks } from "#scans/about";
import { checkOf } from "#scans/catalogue";
import { priorityOfRow, type RecommendationRow } from "#scans/rank";
import type { Priority } from "#scores/priority";

/** A recommendation with the score worked out anew, so that its parts and the sum always fit each other. */
export interface Recommendation {
  readonly row: RecommendationRow;
  readonly priority: Priority;
  /** Undefined: the check is no longer known. */
  readonly check: SealedCheck | undefined;
  readonly about: About | undefined;
}

/** Fault: UNAVAILABLE. */
export async function recommendationsOf(
  org: OrgContext,
  rows: readonly RecommendationRow[],
): Promise<Recommendation[]> {
  const about = await aboutChecks(org.env);
  return rows.map((row) => ({
    row,
    priority: priorityOfRow(row),
    check: checkOf(row.type),
    about: about[row.type],
  }));
}
