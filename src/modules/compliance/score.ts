import type { OrgContext } from "#db/context";
import type { CheckCounts } from "#db/values";
import { frameworks } from "#frameworks/registry";
import { Fault, notFound } from "#lib/fault";
import { aboutChecks, type AboutChecks } from "#scans/about";
import { complianceScoreOf, controlScoreOf, type ComplianceScore, type ControlScore } from "#scores/compliance";
import { frameworkEvidence } from "#scores/controls";
import { readStanding, type FrameworkRow, type Own, type Standing } from "./standing.ts";

export const builtInIds: readonly string[] = frameworks.map(({ id }) => id);

/** A framework as it is scored. */
export interface KnownFramework {
  readonly id: string;
  readonly title: string;
  readonly edition: string | null;
  /** Null for those that are built in. */
  readonly own: FrameworkRow | null;
  readonly controlsTotal: number;
}

/** A framework with its score. */
export interface ScoredFramework {
  readonly framework: KnownFramework;
  readonly score: ComplianceScore;
  /** Those that anything is evidence of, or an organization listed. */
  readonly controls: readonly ControlScore[];
}

/** All frameworks: those built in, then the organization's own. */
export const knownFrameworks = ({ frameworks: own }: Own): KnownFramework[] => [
  ...frameworks.map((framework) => ({ ...framework, own: null })),
  ...own.map((row) => ({
    id: row.id,
    title: row.title,
    edition: row.edition,
    own: row,
    controlsTotal: row.controls.length,
  })),
];

/** The score of a framework, from verdicts that were counted. `excepted` null: not known. */
export function scoredFramework(
  about: AboutChecks,
  framework: KnownFramework,
  { rules }: Pick<Own, "rules">,
  { verdicts, excepted }: { readonly verdicts: CheckCounts; readonly excepted: Standing["excepted"] | null },
): ScoredFramework {
  const evidence = frameworkEvidence(about, framework.own ?? framework.id, rules);
  const controls = evidence.map((control) => controlScoreOf(control, verdicts, excepted ?? {}));
  const score = complianceScoreOf(controls, { all: framework.controlsTotal, exceptions: excepted !== null });
  return { framework, score, controls };
}

/** The frameworks named, or all of them. Fault: INVALID_REQUEST for one that is not there. */
export function namedFrameworks(own: Own, names: readonly string[] | undefined): KnownFramework[] {
  const known = knownFrameworks(own);
  if (names === undefined) return known;
  const unknown = names.filter((name) => !known.some(({ id }) => id === name));
  if (unknown.length === 0) return known.filter(({ id }) => names.includes(id));
  const message = `Unknown: ${unknown.join(", ")}. Known: ${known.map(({ id }) => id).join(", ")}.`;
  throw new Fault("INVALID_REQUEST", `query framework: ${message}`, {
    errors: [{ in: "query", pointer: "framework", message }],
  });
}

/** Fault: RESOURCE_NOT_FOUND. */
export function requireFramework(own: Own, id: string): KnownFramework {
  const found = knownFrameworks(own).find((framework) => framework.id === id);
  if (!found) throw notFound("framework");
  return found;
}

/** Scores as of a moment. */
export interface Scores {
  readonly asOf: string | null;
  readonly frameworks: readonly ScoredFramework[];
}

/** How the organization or one account stands. Faults: INVALID_REQUEST, RESOURCE_NOT_FOUND. */
export async function getScores(
  org: OrgContext,
  {
    accountId,
    framework,
  }: { readonly accountId?: string | undefined; readonly framework?: readonly string[] | undefined },
): Promise<Scores> {
  const [about, standing] = await Promise.all([aboutChecks(org.env), readStanding(org, accountId)]);
  const named = namedFrameworks(standing, framework);
  return { asOf: standing.asOf, frameworks: named.map((one) => scoredFramework(about, one, standing, standing)) };
}
