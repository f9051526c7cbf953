import { AwsFault, type AwsFaultKind } from "#aws/fault";
import type { CollectorState, CoverageError, CoverageState } from "#db/values";

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

export const stateOf = (gaps: readonly Gap[]): CoverageState =>
  gaps.map(({ kind }) => stateByKind[kind]).reduce((a, b) => (states.indexOf(a) >= states.indexOf(b) ? a : b), "done");

/** The same failure of many resources is one error with a count. */
export function errorsOf(gaps: readonly Gap[]): CoverageError[] {
  const errors = new Map<string, CoverageError>();
  for (const { service, action, iamAction, region, code, kind, remedy } of gaps) {
    const key = [service, action, region, code].join();
    const known = errors.get(key);
    errors.set(key, {
      service,
      action: iamAction || action,
      region,
      code,
      kind,
      remedy,
      count: (known?.count ?? 0) + 1,
    });
  }
  return [...errors.values()].slice(0, errorsMax);
}

/** Tally of one collector while a task runs. */
export interface Tally {
  resources: number;
  pass: number;
  fail: number;
  unknown: number;
}

/** What is known of a collector after this scan. Only a list seen whole counts as a run. */
export function stateAfter(
  before: CollectorState | undefined,
  gaps: readonly Gap[],
  seen: { whole: boolean; tally: Tally; seq: number; now: Date },
): CollectorState {
  return {
    state: stateOf(gaps),
    completeSeq: seen.whole ? seen.seq : (before?.completeSeq ?? 0),
    completeAt: seen.whole ? seen.now.toISOString() : (before?.completeAt ?? null),
    runs: (before?.runs ?? 0) + Number(seen.whole),
    ...seen.tally,
    errors: errorsOf(gaps),
  };
}

/** The states of collectors nobody could run: nothing is known of them, and nothing is judged from them. */
export function statesOfFailure(
  collectors: readonly { readonly id: string; readonly service: string }[],
  before: Readonly<Record<string, CollectorState>>,
  seen: { place: string; seq: number; now: Date; code: string; remedy: string },
): Record<string, CollectorState> {
  return Object.fromEntries(
    collectors.map(({ id, service }) => {
      const gap: Gap = {
        // safe: a collector's service is one of the table's.
        service: service as Gap["service"],
        action: "scan",
        iamAction: "",
        region: seen.place,
        code: seen.code,
        kind: "broken",
        remedy: seen.remedy,
      };
      const tally = { resources: before[id]?.resources ?? 0, pass: 0, fail: 0, unknown: 0 };
      return [id, stateAfter(before[id], [gap], { whole: false, tally, seq: seen.seq, now: seen.now })];
    }),
  );
}
