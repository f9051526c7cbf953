import { checks } from "#checks/registry";
import type { Severity } from "#checks/check";
import type { SealedCheck } from "#checks/sealed";
import type { ControlEvidence, Evidence } from "./compliance.ts";

type ByControl = Map<string, Evidence[]>;

let known: ReadonlyMap<string, readonly ControlEvidence[]> | null = null;

/** Framework → its controls that checks are evidence of, as the checks say; worked out once by each isolate. */
export const checkEvidence = (): ReadonlyMap<string, readonly ControlEvidence[]> => (known ??= evidenceIn(checks));

/** The same of any checks. A control that a whole check is evidence of needs none of its variants. */
export function evidenceIn(
  all: readonly Pick<SealedCheck, "id" | "severity" | "controls" | "variants">[],
): ReadonlyMap<string, readonly ControlEvidence[]> {
  const found = new Map<string, ByControl>();
  for (const { id, severity, controls, variants = {} } of all) {
    for (const [framework, ids] of Object.entries(controls)) {
      for (const control of ids) add(found, framework, control, { check: id, variant: null, severity });
    }
    for (const [variant, served] of Object.entries(variants)) {
      for (const [framework, ids] of Object.entries(served)) {
        const rest = ids.filter((control) => !(controls[framework]?.includes(control) ?? false));
        for (const control of rest) add(found, framework, control, { check: id, variant, severity });
      }
    }
  }
  return new Map([...found].map(([framework, byControl]) => [framework, listed(byControl)] as const));
}

function add(found: Map<string, ByControl>, framework: string, control: string, evidence: Evidence): void {
  const byControl = found.get(framework) ?? new Map<string, Evidence[]>();
  found.set(framework, byControl.set(control, [...(byControl.get(control) ?? []), evidence]));
}

const listed = (byControl: ByControl): ControlEvidence[] => [...byControl].map(([id, evidence]) => ({ id, evidence }));

/** A rule of an organization, and the control it says it is evidence of. */
export interface OwnRule {
  readonly id: string;
  readonly severity: Severity;
  readonly framework: string | null;
  readonly control: string | null;
}

/** A framework of an organization's own. `checks`: `check`, `check/variant` or `rule:<id>`. */
export interface OwnFramework {
  readonly id: string;
  readonly controls: readonly { readonly id: string; readonly checks: readonly string[] }[];
}

/** What is evidence of a framework's controls: what checks say, and an organization's rules beside them. */
export function frameworkEvidence(framework: string | OwnFramework, rules: readonly OwnRule[]): ControlEvidence[] {
  const [id, known] =
    typeof framework === "string"
      ? [framework, checkEvidence().get(framework) ?? []]
      : [framework.id, framework.controls.map((control) => chosen(control, rules))];
  const found = new Map(known.map((control) => [control.id, control.evidence] as const));
  for (const { id: rule, severity, framework: served, control } of rules) {
    const evidence = (control !== null && found.get(control)) || [];
    const check = `rule:${rule}`;
    if (served !== id || control === null || evidence.some((one) => one.check === check)) continue;
    found.set(control, [...evidence, { check, variant: null, severity }]);
  }
  return [...found].map(([control, evidence]) => ({ id: control, evidence }));
}

const severityOf = new Map(checks.map(({ id, severity }) => [id, severity] as const));

/** What an organization chose for a control; what is there no longer is no evidence. */
function chosen({ id, checks: names }: OwnFramework["controls"][number], rules: readonly OwnRule[]): ControlEvidence {
  const evidence = names.flatMap((name): Evidence[] => {
    const [check = "", variant = null] = name.split("/", 2);
    const rule = rules.find((one) => `rule:${one.id}` === check);
    const severity = rule?.severity ?? severityOf.get(check);
    const isCovered = variant !== null && names.includes(check);
    return severity === undefined || isCovered ? [] : [{ check, variant, severity }];
  });
  return { id, evidence };
}
