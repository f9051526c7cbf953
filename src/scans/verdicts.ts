import type { Severity } from "#checks/check";

/**
 * What was last judged of a resource, as one short text in its row: `orphaned_volume=f:medium:Zk3…;ebs_gp2_to_gp3=p`.
 * The same text means that no finding has to be touched.
 */
export type StoredVerdict =
  | { readonly status: "pass" }
  /** `passed`: what was last known of it was a pass. */
  | { readonly status: "unknown"; readonly passed?: boolean }
  | {
      readonly status: "fail";
      readonly severity: Severity;
      readonly digest: string;
      readonly variants?: readonly string[];
    };

export type StoredVerdicts = ReadonlyMap<string, StoredVerdict>;

const written = (verdict: StoredVerdict): string => {
  if (verdict.status === "pass") return "p";
  if (verdict.status === "unknown") return verdict.passed ? "up" : "u";
  const variants = (verdict.variants ?? []).join("+");
  return `f:${verdict.severity}:${verdict.digest}${variants && `:${variants}`}`;
};

export const writeVerdicts = (verdicts: StoredVerdicts): string =>
  [...verdicts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([check, verdict]) => `${check}=${written(verdict)}`)
    .join(";");

/** Reads what `writeVerdicts` wrote. */
export function readVerdicts(text: string): StoredVerdicts {
  if (text === "") return new Map();
  return new Map(
    text.split(";").map((entry) => {
      const [check = "", verdict = ""] = entry.split("=", 2);
      return [check, readVerdict(verdict)] as const;
    }),
  );
}

function readVerdict(text: string): StoredVerdict {
  if (text === "p") return { status: "pass" };
  if (text === "u") return { status: "unknown" };
  if (text === "up") return { status: "unknown", passed: true };
  const [, severity = "low", digest = "", variants] = text.split(":", 4);
  // safe: only `writeVerdicts` writes this column.
  const fail = { status: "fail", severity: severity as Severity, digest } as const;
  return variants === undefined ? fail : { ...fail, variants: variants.split("+") };
}
