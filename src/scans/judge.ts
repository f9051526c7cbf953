import type { Fail, Severity, Verdict } from "#checks/check";
import { severities } from "#checks/check";
import type { SealedCheck } from "#checks/sealed";
import type { Found, Place } from "#collectors/collector";
import type { CollectorId, FoundBy } from "#collectors/registry";
import { digestOf } from "#lib/hash";
import type { ClaimedTask } from "./claim.ts";
import type { StoredVerdict } from "./verdicts.ts";

/** The whole list of another collector, or null when it was not seen whole. */
export type Lists = ReadonlyMap<CollectorId, readonly Found[] | null>;

export interface JudgeSettings {
  readonly now: Date;
  readonly place: Place;
  readonly allowedRegions: readonly string[] | null;
  readonly checkParams: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const judgeSettings = (
  { org, settings }: Pick<ClaimedTask, "org" | "settings">,
  place: Place,
): JudgeSettings => ({
  now: org.now,
  place,
  allowedRegions: settings.allowedRegions,
  checkParams: settings.checkParams,
});

/** A verdict as it is stored, with what a finding needs when it is a fail. */
export interface Judged {
  readonly check: SealedCheck;
  readonly stored: StoredVerdict;
  readonly fail: (Fail & { readonly severity: Severity; readonly digest: string }) | null;
}

/** Asks the checks about one resource. A check that throws is unknown: one broken check never stops the others. */
export async function judge(
  found: Found,
  checks: readonly SealedCheck[],
  lists: Lists,
  settings: JudgeSettings,
): Promise<Judged[]> {
  const judged = await Promise.all(checks.map((check) => judgeOne(found, check, lists, settings)));
  return judged.filter((one) => one !== null);
}

async function judgeOne(
  found: Found,
  check: SealedCheck,
  lists: Lists,
  settings: JudgeSettings,
): Promise<Judged | null> {
  const verdict = verdictOf(found, check, lists, settings);
  if (verdict === null) return null;
  if (verdict.status !== "fail") return { check, stored: { status: verdict.status }, fail: null };
  const severity = verdict.severity ?? check.severity;
  const { summary, details, evidence, savingsMonthly = null } = verdict;
  const digest = await digestOf([severity, summary, details, evidence, savingsMonthly]);
  return { check, stored: { status: "fail", severity, digest }, fail: { ...verdict, severity, digest } };
}

function verdictOf(found: Found, check: SealedCheck, lists: Lists, settings: JudgeSettings): Verdict {
  const missing = (check.reads ?? []).find((id) => !lists.get(id));
  if (missing) return { status: "unknown", reason: `The list of ${missing} was not seen whole.` };
  try {
    // safe: the engine asks a check only about what a collector in its `resources` found.
    return check.judge(found as unknown as FoundBy<CollectorId>, {
      now: settings.now,
      params: { ...check.params, ...settings.checkParams[check.id] },
      place: settings.place,
      allowedRegions: settings.allowedRegions,
      others: (id) => (lists.get(id) ?? []) as unknown as readonly FoundBy<typeof id>[],
    });
  } catch (error) {
    console.error(JSON.stringify({ level: "error", msg: "check threw", check: check.id, error: String(error) }));
    return { status: "unknown", reason: "The check could not read this resource." };
  }
}

export const severityRank = (severity: Severity): number => severities.indexOf(severity);
