import type { Severity } from "#checks/check";

/**
 * What was last judged of a resource, as one short text in its row: `orphaned_volume=f:medium:Zk3…;ebs_gp2_to_gp3=p`.
 * The same text means that no finding has to be touched.
 */
export type StoredVerdict =
  | { readonly status: "pass" }
  | { readonly status: "unknown" }
  | { readonly status: "fail"; readonly severity: Severity; readonly digest: string };

export type StoredVerdicts = ReadonlyMap<string, StoredVerdict>;

const written = (verdict: StoredVerdict): string => {
  if (verdict.status === "pass") return "p";
  return verdict.status === "unknown" ? "u" : `f:${verdict.severity}:${verdict.digest}`;
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
  const [, severity = "low", digest = ""] = text.split(":", 3);
  // safe: only `writeVerdicts` writes this column.
  return { status: "fail", severity: severity as Severity, digest };
}
