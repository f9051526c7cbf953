import type { OrgContext } from "#db/context";
import { Fault, type FaultDetail } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { rulesMax } from "#modules/rules";
import { exportCompliance, type Exported } from "./export.ts";
import { plannedRules, withStoredRules, type PlannedRule } from "./import-rules.ts";
import { storeImport } from "./import-statements.ts";
import { inputOf, type NewFramework, type Portable } from "./own-shapes.ts";
import { ownMax, rulesNamedIn } from "./own.ts";
import { builtInIds } from "./score.ts";

export type Outcome = "created" | "replaced" | "unchanged";

export interface Imported {
  readonly dryRun: boolean;
  readonly frameworks: readonly { readonly id: string; readonly outcome: Outcome }[];
  readonly rules: readonly { readonly id: string; readonly name: string; readonly outcome: Outcome }[];
}

/**
 * Stores frameworks and rules as they were exported: those that are new are made, those that differ replaced, all of them or
 * none. What is not named stays. The same again changes nothing. Faults: INVALID_REQUEST; CONFLICT where somebody else changed
 * one at the same moment, a rule's name is another's, or there would be too many.
 */
export async function importCompliance(org: OrgContext, input: Portable, dryRun: boolean): Promise<Imported> {
  refuseIds(input);
  const stored = await exportCompliance(org);
  const rules = plannedRules(input.rules, stored.rules);
  refuseUnknown(input, stored, rules);
  const frameworks = input.frameworks.map((given) => {
    const framework = withStoredRules(given, rules);
    return { framework, outcome: outcomeOf(framework, stored) };
  });
  refuseTooMany(stored.frameworks.length, frameworks, `${ownMax} frameworks`, ownMax);
  refuseTooMany(stored.rules.length, rules, `${rulesMax} rules`, rulesMax);
  const changed = {
    frameworks: frameworks.filter(({ outcome }) => outcome !== "unchanged").map(({ framework }) => framework),
    rules: rules.filter(({ outcome }) => outcome !== "unchanged"),
  };
  if (!dryRun && changed.frameworks.length + changed.rules.length > 0) await storeImport(org, changed, stored);
  return {
    dryRun,
    frameworks: frameworks.map(({ framework: { id }, outcome }) => ({ id, outcome })),
    rules: rules.map(({ id, input: { name }, outcome }) => ({ id, name, outcome })),
  };
}

function refuse(errors: readonly FaultDetail[]): void {
  if (errors.length > 0) throw new Fault("INVALID_REQUEST", "It cannot be imported; see `errors`.", { errors });
}

const twice = (list: string, member: string, values: readonly string[]): FaultDetail[] =>
  values.flatMap((value, index): FaultDetail[] =>
    values.indexOf(value) < index
      ? [{ in: "body", pointer: `/${list}/${index}/${member}`, message: "is named twice" }]
      : [],
  );

const refuseIds = ({ frameworks, rules }: Portable): void =>
  refuse([
    ...frameworks.flatMap(({ id }, index): FaultDetail[] =>
      builtInIds.includes(id)
        ? [{ in: "body", pointer: `/frameworks/${index}/id`, message: "is that of a built-in framework" }]
        : [],
    ),
    ...twice(
      "frameworks",
      "id",
      frameworks.map(({ id }) => id),
    ),
    ...twice(
      "rules",
      "id",
      rules.map(({ id }) => id),
    ),
    ...twice(
      "rules",
      "name",
      rules.map(({ name }) => name),
    ),
  ]);

/** Rules that frameworks name must come along or be there. */
function refuseUnknown({ frameworks }: Portable, stored: Exported, planned: readonly PlannedRule[]): void {
  const known = new Set([...stored.rules.map(({ id }) => id), ...planned.map(({ givenId }) => givenId)]);
  const named = frameworks.flatMap((one, index) => rulesNamedIn(one, `/frameworks/${index}`));
  refuse(
    named
      .filter(({ rule }) => !known.has(rule))
      .map(({ pointer }) => ({ in: "body", pointer, message: "is no rule of your organization, nor of this import" })),
  );
}

function refuseTooMany(
  before: number,
  planned: readonly { readonly outcome: Outcome }[],
  what: string,
  most: number,
): void {
  if (before + planned.filter(({ outcome }) => outcome === "created").length > most)
    throw new Fault("CONFLICT", `There would be more than ${what}. Delete some first.`);
}

function outcomeOf({ id, ...input }: NewFramework, { frameworks }: Exported): Outcome {
  const before = frameworks.find((row) => row.id === id);
  if (!before) return "created";
  return canonicalJson(inputOf(before)) === canonicalJson(input) ? "unchanged" : "replaced";
}
