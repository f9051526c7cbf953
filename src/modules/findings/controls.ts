import { checks } from "#checks/registry";

/** `<framework>:<control>` → the checks whose verdicts, or parts of them, are evidence for it. */
const typesByControl = new Map<string, Set<string>>();
for (const { id, controls, variants = {} } of checks) {
  for (const [framework, ids] of [controls, ...Object.values(variants)].flatMap((one) => Object.entries(one))) {
    for (const control of ids) {
      const key = `${framework}:${control}`;
      typesByControl.set(key, (typesByControl.get(key) ?? new Set()).add(id));
    }
  }
}

export const controlsKnown: readonly string[] = [...typesByControl.keys()].toSorted();
export const frameworkOf = (key: string): string => key.split(":", 1)[0] ?? "";
export const frameworksKnown: readonly string[] = [...new Set(controlsKnown.map(frameworkOf))].toSorted();

/** Checks that are evidence for one of these controls, of one of these frameworks; undefined: neither is asked for. */
export function typesOf(
  controls: readonly string[] | undefined,
  frameworks: readonly string[] | undefined,
): readonly string[] | undefined {
  if (!controls && !frameworks) return undefined;
  const keys = (controls ?? controlsKnown).filter((key) => frameworks?.includes(frameworkOf(key)) ?? true);
  return [...new Set(keys.flatMap((key) => [...(typesByControl.get(key) ?? [])]))];
}
