import type { OrgContext } from "#db/context";
import { listRows, type Filter } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { evaluations } from "#db/schema";
import { notFound } from "#lib/fault";
import type { EvaluationRow } from "#scans/policies";
import { policyStatement } from "./policy.ts";
import { requireScan, scanStatement } from "./scan.ts";

const results = ["pass", "fail"] as const;
type Result = (typeof results)[number];

const newestFirst = [{ column: evaluations.id, descending: true }];

/** What a policy said, the newest first. Fault: RESOURCE_NOT_FOUND. */
export async function listPolicyEvaluations(
  org: OrgContext,
  id: string,
  page: PageRequest,
  { result = results }: { readonly result?: readonly Result[] | undefined },
): Promise<Page<EvaluationRow>> {
  const filters: Filter[] = [
    { column: evaluations.policyId, values: [id] },
    { column: evaluations.result, values: result },
  ];
  const found = await listRows(org, { table: evaluations, page, order: newestFirst, filters }, [
    policyStatement(org, id),
  ]);
  if ((found.extra[0] as unknown[]).length === 0) throw notFound("policy");
  return found;
}

export interface ScanEvaluationFilters {
  readonly result?: readonly Result[] | undefined;
  readonly policyId?: readonly string[] | undefined;
}

/** What policies said of a scan, the newest first. Fault: RESOURCE_NOT_FOUND. */
export async function listScanEvaluations(
  org: OrgContext,
  scanId: string,
  page: PageRequest,
  { result, policyId }: ScanEvaluationFilters,
): Promise<Page<EvaluationRow>> {
  const filters: Filter[] = [
    { column: evaluations.scanId, values: [scanId] },
    ...(result ? [{ column: evaluations.result, values: result }] : []),
    ...(policyId ? [{ column: evaluations.policyId, values: policyId }] : []),
  ];
  const found = await listRows(org, { table: evaluations, page, order: newestFirst, filters }, [
    scanStatement(org, scanId),
  ]);
  requireScan(found.extra[0]);
  return found;
}
