import { checks } from "#checks/registry";
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
