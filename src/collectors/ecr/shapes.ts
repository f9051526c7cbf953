import { z } from "zod";
import type { Operation } from "#aws/caller";
import { list, text } from "#collectors/json";
import { by } from "#collectors/order";

/** One per registry, which is an account in a region. */
export const getRegistryScanningConfiguration: Operation = {
  service: "ecr",
  action: "GetRegistryScanningConfiguration",
};

export interface ScanningRule {
  /** `SCAN_ON_PUSH`, `CONTINUOUS_SCAN` or `MANUAL`. */
  readonly scanFrequency: string;
  /** Names of repositories; `*` stands for any text, and a filter without one for every name that has it in it. */
  readonly filters: readonly string[];
}

export const ScanningConfiguration = z
  .object({
    scanningConfiguration: z.object({
      scanType: text,
      rules: list(
        z
          .object({ scanFrequency: z.string(), repositoryFilters: list(z.object({ filter: z.string() })) })
          .transform(({ scanFrequency, repositoryFilters }): ScanningRule => ({
            scanFrequency,
            filters: repositoryFilters.map(({ filter }) => filter).toSorted(),
          })),
      ),
    }),
  })
  .transform(({ scanningConfiguration: { scanType, rules } }) => ({
    /** `BASIC` or `ENHANCED`. */
    scanType,
    rules: rules.toSorted(by(({ scanFrequency }) => scanFrequency)) as readonly ScanningRule[],
  }));

/** What a registry's rules say of a repository, the most watchful of them; null: none is about it. */
export function frequencyOf(rules: readonly ScanningRule[], repositoryName: string): string | null {
  const own = rules.filter(({ filters }) => filters.some((filter) => isMatch(filter, repositoryName)));
  const frequencies = new Set(own.map(({ scanFrequency }) => scanFrequency));
  return ["CONTINUOUS_SCAN", "SCAN_ON_PUSH", "MANUAL"].find((frequency) => frequencies.has(frequency)) ?? null;
}

/** Source: ECR user guide, "Filters to choose which repositories are scanned". */
function isMatch(filter: string, name: string): boolean {
  const [first = "", ...rest] = filter.split("*");
  const last = rest.pop();
  if (last === undefined) return name.includes(filter);
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const next = name.indexOf(part, at);
    if (next < 0) return false;
    at = next + part.length;
  }
  return at + last.length <= name.length;
}
