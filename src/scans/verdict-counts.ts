import type { CheckCounts, VerdictCounts } from "#db/values";
import type { StoredVerdict } from "./verdicts.ts";

const none: VerdictCounts = { pass: 0, fail: 0, unknown: 0 };

/** Counts what a check said of one more resource: under its own name, and a fail under each variant that it names. */
export function countVerdict(counts: Record<string, VerdictCounts>, check: string, verdict: StoredVerdict): void {
  const variants = verdict.status === "fail" ? (verdict.variants ?? []).map((name) => `${check}/${name}`) : [];
  for (const key of [check, ...variants]) {
    const known = counts[key] ?? none;
    counts[key] = { ...known, [verdict.status]: known[verdict.status] + 1 };
  }
}

/** What several places said, together. */
export function joinedCounts(all: readonly CheckCounts[]): Record<string, VerdictCounts> {
  const sum: Record<string, VerdictCounts> = {};
  for (const [key, { pass, fail, unknown }] of all.flatMap((one) => Object.entries(one))) {
    const known = sum[key] ?? none;
    sum[key] = { pass: known.pass + pass, fail: known.fail + fail, unknown: known.unknown + unknown };
  }
  return sum;
}
