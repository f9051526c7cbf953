import type { OrgContext } from "#db/context";
import type { FindingEvidence } from "#db/values";
import { lookAgain, rechecking, type Freshly } from "#scans/recheck";
import { writeRecheck } from "#scans/recheck-write";
import { getFinding, type WholeFinding } from "./get.ts";

export interface FreshVerdict {
  readonly status: "pass" | "fail" | "unknown" | "not_applicable" | "gone";
  /** What is wrong, or why nothing can be said. */
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly evidence: readonly FindingEvidence[];
  readonly at: string;
}

export interface Rechecked {
  readonly verdict: FreshVerdict;
  readonly finding: WholeFinding;
}

/**
 * Asks AWS about one finding's resource now, judges it by the finding's check, and keeps what came of it. Faults:
 * RESOURCE_NOT_FOUND, SCAN_RUNNING, RECHECK_TOO_LARGE, CONFLICT, ROLE_UNGUARDED, METHOD_UNAVAILABLE.
 */
export async function recheckFinding(org: OrgContext, id: string): Promise<Rechecked> {
  const about = await rechecking(org, id);
  const fresh = await lookAgain(about);
  await writeRecheck(about, fresh);
  return { verdict: verdictOf(fresh, org.now), finding: await getFinding(org, id) };
}

function verdictOf(fresh: Freshly, now: Date): FreshVerdict {
  const nothing = { details: {}, evidence: [], at: now.toISOString() };
  const { judged, gone, found, reason } = fresh;
  if (gone) return { ...nothing, status: "gone", summary: "The resource is not there any more." };
  if (!found) return { ...nothing, status: "unknown", summary: reason ?? "AWS did not say." };
  if (!judged)
    return { ...nothing, status: "not_applicable", summary: "The check does not apply to this resource any more." };
  const { fail, stored } = judged;
  if (fail)
    return { ...nothing, status: "fail", summary: fail.summary, details: fail.details, evidence: fail.evidence };
  const summary = stored.status === "pass" ? "The check passes." : (reason ?? "AWS did not say.");
  return { ...nothing, status: stored.status, summary };
}
