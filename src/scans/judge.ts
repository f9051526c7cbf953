import type { Exposure, Fail, Severity, Verdict } from "#checks/check";
import { severities } from "#checks/check";
import { effectiveParams } from "#checks/params";
import type { SealedCheck } from "#checks/sealed";
import type { Found, Place } from "#collectors/collector";
import type { CollectorId, FoundBy } from "#collectors/registry";
import { digestOf } from "#lib/hash";
import { environmentOf, riskLog, type Environment } from "#scores/risk";
import { aboutChecks, type AboutChecks } from "./about.ts";
import type { ClaimedTask } from "./claim.ts";
import { suppressedBy, type Suppressed, type Suppression, type SuppressionSubject } from "./suppression.ts";
import type { StoredVerdict } from "./verdicts.ts";

/** The whole list of another collector, or null when it was not seen whole. */
export type Lists = ReadonlyMap<CollectorId, readonly Found[] | null>;

export interface JudgeSettings {
  readonly now: Date;
  readonly place: Place;
  readonly allowedRegions: readonly string[] | null;
  readonly ownAccounts: ReadonlySet<string>;
  readonly checkParams: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly checksOff: ReadonlySet<string>;
  /** Of what is judged. */
  readonly resourceType: string;
  /** The account: its id, and what it is for. */
  readonly account: { readonly id: string; readonly environment: string };
  readonly suppressions: readonly Suppression[];
  readonly about: AboutChecks;
}

type JudgingTask = Pick<ClaimedTask, "org" | "settings" | "account" | "suppressions" | "ownAccounts">;

/** Fault: UNAVAILABLE. */
export const judgeSettings = async (
  { org, settings, account, suppressions, ownAccounts }: JudgingTask,
  place: Place,
  { resourceType }: { readonly resourceType: string },
): Promise<JudgeSettings> => ({
  now: org.now,
  place,
  allowedRegions: settings.allowedRegions,
  ownAccounts,
  checkParams: settings.checkParams,
  checksOff: new Set(settings.checksOff),
  resourceType,
  account,
  suppressions,
  about: await aboutChecks(org.env),
});

/** A fail, with what a finding needs beside it. */
export interface JudgedFail extends Fail {
  readonly title: string;
  readonly severity: Severity;
  readonly exposure: Exposure;
  readonly environment: Environment;
  readonly riskLog: number;
  readonly suppression: Suppressed | null;
  readonly digest: string;
  readonly decisive: string;
}

/** A verdict as it is stored, with what a finding needs when it is a fail. */
export interface Judged {
  readonly check: SealedCheck;
  readonly stored: StoredVerdict;
  readonly fail: JudgedFail | null;
  /** Why it is unknown. */
  readonly reason?: string;
}

/** Asks the checks about one resource. A check that throws is unknown: one broken check never stops the others. */
export async function judge(
  found: Found,
  checks: readonly SealedCheck[],
  lists: Lists,
  settings: JudgeSettings,
): Promise<Judged[]> {
  const asked = checks.filter(({ id }) => !settings.checksOff.has(id));
  const judged = await Promise.all(asked.map((check) => judgeOne(found, check, lists, settings)));
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
  if (verdict.status === "pass") return { check, stored: { status: "pass" }, fail: null };
  if (verdict.status === "unknown") return { check, stored: { status: "unknown" }, fail: null, reason: verdict.reason };
  const fail = await failOf(found, check, verdict, settings);
  const { severity, digest } = fail;
  const variants = verdict.variants?.length ? { variants: verdict.variants } : {};
  return { check, stored: { status: "fail", severity, digest, ...variants }, fail };
}

async function failOf(found: Found, check: SealedCheck, fail: Fail, settings: JudgeSettings): Promise<JudgedFail> {
  const severity = fail.severity ?? check.severity;
  const exposure = fail.exposure ?? "internal";
  const environment = environmentOf(found.tags, settings.account.environment);
  const { confidence } = check;
  const risk = check.domain === "cost" ? 0 : riskLog({ severity, exposure, environment, confidence });
  const suppression = suppressedBy(settings.suppressions, subjectOf(found, check, settings));
  const { summary, details, evidence, savingsMonthly = null, variants = [] } = fail;
  const decided = check.decisive.map((name) => details[name] ?? null);
  const told = [severity, summary, details, evidence, savingsMonthly];
  const context = [exposure, environment, variants, suppression];
  return {
    ...fail,
    title: check.title ?? settings.about[check.id]?.title ?? check.id,
    severity,
    exposure,
    environment,
    riskLog: risk,
    suppression,
    digest: await digestOf([...told, ...context]),
    decisive: await digestOf([severity, ...decided]),
  };
}

const paramsOf = ({ id, params }: SealedCheck, { checkParams }: JudgeSettings): object =>
  effectiveParams(params, checkParams[id]);

/** A thing that AWS sets no end to, with the first date by which a check wants it replaced. */
export function dated(found: Found, checks: readonly SealedCheck[], settings: JudgeSettings): Found {
  if (found.expiresAt) return found;
  const deadlines = checks
    .filter(({ id }) => !settings.checksOff.has(id))
    // safe: the engine asks a check only about what a collector in its `resources` found.
    .map((check) => check.deadline?.(found as unknown as FoundBy<CollectorId>, paramsOf(check, settings)) ?? null)
    .filter((deadline) => deadline !== null);
  const [first] = deadlines.toSorted();
  return first === undefined ? found : { ...found, expiresAt: first };
}

const subjectOf = (
  found: Found,
  check: SealedCheck,
  { place, account, resourceType }: JudgeSettings,
): SuppressionSubject => ({
  type: check.id,
  resourceType,
  accountId: account.id,
  region: found.region === undefined ? place.region : (found.region ?? "global"),
  tags: found.tags,
  name: found.name,
  arn: found.arn ?? found.nativeId,
});

function verdictOf(found: Found, check: SealedCheck, lists: Lists, settings: JudgeSettings): Verdict {
  const missing = (check.reads ?? []).find((id) => !lists.get(id));
  if (missing) return { status: "unknown", reason: `The list of ${missing} was not seen whole.` };
  try {
    // safe: the engine asks a check only about what a collector in its `resources` found.
    return check.judge(found as unknown as FoundBy<CollectorId>, {
      now: settings.now,
      params: paramsOf(check, settings),
      place: settings.place,
      allowedRegions: settings.allowedRegions,
      ownAccounts: settings.ownAccounts,
      others: (id) => (lists.get(id) ?? []) as unknown as readonly FoundBy<typeof id>[],
    });
  } catch (error) {
    console.error(JSON.stringify({ level: "error", msg: "check threw", check: check.id, error: String(error) }));
    return { status: "unknown", reason: "The check could not read this resource." };
  }
}

export const severityRank = (severity: Severity): number => severities.indexOf(severity);
