import { AwsFault, type AwsFaultKind } from "#aws/fault";
import type { CollectorState, CoverageError, CoverageState, VerdictCounts } from "#db/values";
import type { Judged } from "./judge.ts";
import type { CollectorPart } from "./outcome.ts";
import { countVerdict, joinedCounts } from "./verdict-counts.ts";

/** One call that gave no answer. */
export type Gap = Pick<AwsFault, "service" | "action" | "iamAction" | "region" | "code" | "kind" | "remedy">;

const stateByKind: Readonly<Record<AwsFaultKind, CoverageState>> = {
  denied: "denied",
  throttled: "throttled",
  unavailable: "skipped",
  missing: "failed",
  broken: "failed",
  expired: "failed",
  skewed: "failed",
};

/** From bad to worse: a collector is in the worst state any of its calls left it in. */
const states: readonly CoverageState[] = ["done", "skipped", "throttled", "denied", "failed"];

const errorsMax = 20;

/** The gap behind whatever a collector threw: an answer that cannot be read is one too. */
export function gapOf(error: unknown, collector: { id: string; service: string }, region: string): Gap {
  if (error instanceof AwsFault) return error;
  console.error(
    JSON.stringify({ level: "error", msg: "collector threw", collector: collector.id, region, error: String(error) }),
  );
  return {
    // safe: a collector's service is one of the table's.
    service: collector.service as Gap["service"],
    action: collector.id,
    iamAction: "",
    region,
    code: "UNREADABLE_ANSWER",
    kind: "broken",
    remedy: "AWS answered in a form Cloudglass does not know: scan again, and report it if it stays.",
  };
}

export const worstOf = (found: readonly CoverageState[]): CoverageState =>
  found.reduce((a, b) => (states.indexOf(a) >= states.indexOf(b) ? a : b), "done");

const stateOf = (gaps: readonly Gap[]): CoverageState => worstOf(gaps.map(({ kind }) => stateByKind[kind]));

/** The same failure of many resources is one error with a count. */
export function joined(errors: readonly CoverageError[]): CoverageError[] {
  const byKey = new Map<string, CoverageError>();
  for (const error of errors) {
    const key = [error.service, error.action, error.region, error.code].join();
    byKey.set(key, { ...error, count: (byKey.get(key)?.count ?? 0) + error.count });
  }
  return [...byKey.values()].slice(0, errorsMax);
}

const errorOf = ({ service, action, iamAction, region, code, kind, remedy }: Gap): CoverageError => ({
  service,
  action: iamAction || action,
  region,
  code,
  kind,
  remedy,
  count: 1,
});

/** Tally of one collector while a task runs. */
export interface Tally {
  resources: number;
  pass: number;
  fail: number;
  unknown: number;
  /** The same check by check. */
  readonly checks: Record<string, VerdictCounts>;
}

export const newTally = (): Tally => ({ resources: 0, pass: 0, fail: 0, unknown: 0, checks: {} });

/** Counts what was judged of one resource. */
export function count(tally: Tally, judged: readonly Judged[]): void {
  for (const { check, stored } of judged) {
    tally[stored.status] += 1;
    countVerdict(tally.checks, check.id, stored);
  }
}

export const addTallies = (a: Tally, b: Tally): Tally => ({
  resources: a.resources + b.resources,
  pass: a.pass + b.pass,
  fail: a.fail + b.fail,
  unknown: a.unknown + b.unknown,
  checks: joinedCounts([a.checks, b.checks]),
});

/** What a task leaves of a collector, given the calls that gave no answer. */
export function partOf(
  gaps: readonly Gap[],
  seen: Pick<CollectorPart, "whole" | "tally" | "calls" | "seen">,
  { optional = false }: { readonly optional?: boolean | undefined } = {},
): CollectorPart {
  const state = stateOf(gaps);
  return { ...seen, state: optional && state === "denied" ? "skipped" : state, errors: joined(gaps.map(errorOf)) };
}

/** The part of a collector nobody could run: nothing is known of it, and nothing is judged from it. */
export function failedPart(
  { service }: { readonly service: string },
  failure: { readonly place: string; readonly code: string; readonly remedy: string },
): CollectorPart {
  const gap: Gap = {
    // safe: a collector's service is one of the table's.
    service: service as Gap["service"],
    action: "scan",
    iamAction: "",
    region: failure.place,
    code: failure.code,
    kind: "broken",
    remedy: failure.remedy,
  };
  return partOf([gap], { whole: false, tally: newTally(), calls: 0, seen: null });
}

/** What is known of a collector after this scan. Only a list seen whole counts as a run. */
export function stateAfter(
  before: CollectorState | undefined,
  part: CollectorPart,
  { seq, now }: { seq: number; now: Date },
): CollectorState {
  const { whole, state, tally, calls, errors } = part;
  const { checks: _, ...figures } = tally;
  return {
    state,
    completeSeq: whole ? seq : (before?.completeSeq ?? 0),
    completeAt: whole ? now.toISOString() : (before?.completeAt ?? null),
    runs: (before?.runs ?? 0) + Number(whole),
    ...figures,
    // What nobody looked at is as many as it was.
    resources: whole ? tally.resources : Math.max(tally.resources, before?.resources ?? 0),
    calls,
    errors,
  };
}
