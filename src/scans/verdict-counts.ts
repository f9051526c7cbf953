import type { StoredVerdict } from "./verdicts.ts";

/** Of one check: how many resources passed, failed and could not be judged, and how many failed in each of its variants. */
export interface VerdictCounts {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly variants?: Readonly<Record<string, number>>;
}

/** Check → what it said. */
export type CheckCounts = Readonly<Record<string, VerdictCounts>>;

export const noVerdicts: VerdictCounts = { pass: 0, fail: 0, unknown: 0 };

/** One more resource. */
export function addVerdict(counts: VerdictCounts, verdict: StoredVerdict): VerdictCounts {
  const more = { ...counts, [verdict.status]: counts[verdict.status] + 1 };
  if (verdict.status !== "fail" || !verdict.variants) return more;
  return withVariants(more, Object.fromEntries(verdict.variants.map((name) => [name, 1])));
}

/** What several places said, together. */
export function joinedCounts(all: readonly CheckCounts[]): Record<string, VerdictCounts> {
  const sum: Record<string, VerdictCounts> = {};
  for (const [check, counts] of all.flatMap((one) => Object.entries(one))) {
    const known = sum[check];
    sum[check] = known === undefined ? counts : together(known, counts);
  }
  return sum;
}

const together = (a: VerdictCounts, b: VerdictCounts): VerdictCounts =>
  withVariants(
    { ...a, pass: a.pass + b.pass, fail: a.fail + b.fail, unknown: a.unknown + b.unknown },
    b.variants ?? {},
  );

function withVariants(counts: VerdictCounts, more: Readonly<Record<string, number>>): VerdictCounts {
  const variants = { ...counts.variants };
  for (const [name, failed] of Object.entries(more)) variants[name] = (variants[name] ?? 0) + failed;
  return Object.keys(variants).length > 0 ? { ...counts, variants } : counts;
}
