import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { Fault, notFound } from "#lib/fault";
import type { ScanRow } from "#scans/claim";
import {
  enabledPolicies,
  evaluatePolicies,
  keepEvaluations,
  policiesFor,
  type EvaluationRow,
  type PolicyRow,
} from "#scans/policies";
import type { EndedScan } from "#scans/policy-judgement";
import { scanStatement } from "./scan.ts";

/** A scan held against all policies that are about its account. */
export interface Evaluated {
  readonly result: "pass" | "fail";
  readonly evaluations: readonly EvaluationRow[];
}

/**
 * Holds the newest scan of an account against its policies. Faults: RESOURCE_NOT_FOUND; SCAN_RUNNING; CONFLICT for a scan that is
 * not the newest that ended, whose findings are not known any more, and where there is no policy.
 */
export async function evaluateScan(org: OrgContext, scanId: string): Promise<Evaluated> {
  const [found, newest, all] = await org.db.atomic([
    scanStatement(org, scanId),
    newestEnded(org, scanId),
    enabledPolicies(org),
  ]);
  // safe: each statement answers its own rows.
  const scan = endedOf((found as ScanRow[])[0], (newest as { id: string }[])[0]?.id ?? null);
  const concerned = policiesFor(all as PolicyRow[], scan.accountId);
  if (concerned.length === 0)
    throw new Fault("CONFLICT", "No policy is about this account. Make one with POST /policies.");
  const evaluations = await evaluatePolicies(org, scan, concerned, { trigger: "api", seed: org.newId() });
  const evaluated: Evaluated = {
    result: evaluations.every(({ result }) => result === "pass") ? "pass" : "fail",
    evaluations,
  };
  const entry = {
    action: "scan.evaluate",
    target: { type: "scan", id: scanId },
    after: { result: evaluated.result },
  } as const;
  await org.change(entry, [keepEvaluations(org, evaluations)], evaluated);
  return evaluated;
}

/** The newest scan of the same account that looked and ended. */
const newestEnded = (org: OrgContext, scanId: string): Statement =>
  org.db.sql(
    `SELECT id FROM scans WHERE org_id = ?1 AND account_id = (SELECT account_id FROM scans WHERE org_id = ?1 AND id = ?2)
       AND status IN ('complete', 'partial', 'error') ORDER BY id DESC LIMIT 1`,
    org.id,
    scanId,
  );

function endedOf(scan: ScanRow | undefined, newest: string | null): EndedScan {
  if (!scan) throw notFound("scan");
  const { id, runId, status, accountId, awsAccountId, verdicts } = scan;
  if (scan.active === 1) throw new Fault("SCAN_RUNNING", "The scan has not ended. Wait for it, then evaluate it.");
  const isEnded = status === "complete" || status === "partial" || status === "error";
  if (accountId === null || awsAccountId === null)
    throw new Fault("CONFLICT", "The scan is of no account, and policies are about accounts.");
  if (isEnded && newest === id) return { id, runId, accountId, awsAccountId, status, verdicts };
  const instead = newest === null ? "Start another one." : `Evaluate ${newest} instead, the newest of its account.`;
  throw new Fault("CONFLICT", `Policies are held against what is known now, not as of this scan. ${instead}`, {
    members: newest === null ? {} : { newestScanId: newest },
  });
}
