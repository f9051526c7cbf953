import { Fault } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { newId } from "#lib/id";
import { inputOf, type Rule, type RuleInput } from "#modules/rules";
import type { Outcome } from "./import.ts";
import type { NewFramework, PortableRule } from "./own-shapes.ts";

/** A rule of an import, and which it is here. */
export interface PlannedRule {
  /** As frameworks of the import name it. */
  readonly givenId: string;
  /** As it is stored. */
  readonly id: string;
  readonly input: RuleInput;
  readonly outcome: Outcome;
}

/** A rule is known by its id, else by its name; else it is new. Fault: CONFLICT where its name is that of another. */
export const plannedRules = (given: readonly PortableRule[], stored: readonly Rule[]): PlannedRule[] =>
  given.map(({ id: givenId, ...input }) => {
    const named = stored.find(({ name }) => name === input.name);
    const before = stored.find(({ id }) => id === givenId) ?? named;
    if (before && named && named.id !== before.id)
      throw new Fault("CONFLICT", `There is another rule named "${input.name}". Rename one of the two.`);
    if (!before) return { givenId, id: newId(), input, outcome: "created" };
    const isSame = canonicalJson(inputOf(before)) === canonicalJson(input);
    return { givenId, id: before.id, input, outcome: isSame ? "unchanged" : "replaced" };
  });

/** The framework with the rules it names by the ids they have here. */
export function withStoredRules(framework: NewFramework, rules: readonly PlannedRule[]): NewFramework {
  const names = new Map<string, string>(rules.map(({ givenId, id }) => [`rule:${givenId}`, `rule:${id}`]));
  const controls = framework.controls.map((control) => ({
    ...control,
    checks: [...new Set(control.checks.map((name) => names.get(name) ?? name))],
  }));
  return { ...framework, controls };
}
