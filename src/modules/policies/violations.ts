import { and, desc, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { wholePage, type Page } from "#db/page";
import { evaluations } from "#db/schema";
import type { ConditionResult } from "#db/values";
import type { EvaluationRow } from "#scans/policies";
import { requireScan, scanStatement } from "./scan.ts";

/** A condition that a scan did not meet. */
export interface Violation extends ConditionResult {
  readonly evaluationId: string;
  readonly policyId: string;
  readonly policyName: string;
  readonly evaluatedAt: string;
}

/** Evaluations looked at: those of every policy there may be, some times over. */
const lookedMax = 500;

/** What a scan does not meet of its policies, by the newest evaluation of each; on one page. Fault: RESOURCE_NOT_FOUND. */
export async function listViolations(org: OrgContext, scanId: string): Promise<Page<Violation>> {
  const [scan, found] = await org.db.atomic([
    scanStatement(org, scanId),
    org.db
      .select()
      .from(evaluations)
      .where(and(eq(evaluations.orgId, org.id), eq(evaluations.scanId, scanId)))
      .orderBy(desc(evaluations.id))
      .limit(lookedMax),
  ]);
  requireScan(scan);
  // safe: the statement answers rows of the table.
  const newest = [...Map.groupBy(found as EvaluationRow[], ({ policyId }) => policyId).values()].flatMap(
    ([first]) => first ?? [],
  );
  return wholePage(newest.flatMap(violationsOf));
}

const violationsOf = ({ id, policyId, policyName, createdAt, conditions }: EvaluationRow): Violation[] =>
  conditions
    .filter(({ result }) => result !== "pass")
    .map((one) => ({ ...one, evaluationId: id, policyId, policyName, evaluatedAt: createdAt }));
