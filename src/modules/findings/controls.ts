import { Fault } from "#lib/fault";
import type { AboutChecks } from "#scans/about";

type ByControl = ReadonlyMap<string, ReadonlySet<string>>;

const worked = new WeakMap<AboutChecks, ByControl>();

/** `<framework>:<control>` → the checks whose verdicts, or parts of them, are evidence for it. */
function typesByControl(about: AboutChecks): ByControl {
  const known = worked.get(about);
  if (known) return known;
  const types = new Map<string, Set<string>>();
  for (const [id, { controls, variants = {} }] of Object.entries(about)) {
    for (const [framework, ids] of [controls, ...Object.values(variants)].flatMap((one) => Object.entries(one))) {
      for (const control of ids) {
        const key = `${framework}:${control}`;
        types.set(key, (types.get(key) ?? new Set()).add(id));
      }
    }
  }
  worked.set(about, types);
  return types;
}

const frameworkOf = (key: string): string => key.split(":", 1)[0] ?? "";

/**
 * Checks that are evidence for one of these controls, of one of these frameworks. Fault: INVALID_REQUEST for a control that no
 * check is evidence for, with the known ones of its framework.
 */
export function typesOf(
  about: AboutChecks,
  controls: readonly string[] | undefined,
  frameworks: readonly string[] | undefined,
): readonly string[] {
  const types = typesByControl(about);
  const unknown = controls?.find((key) => !types.has(key));
  if (unknown !== undefined) throw unknownControl(unknown, [...types.keys()]);
  const keys = (controls ?? [...types.keys()]).filter((key) => frameworks?.includes(frameworkOf(key)) ?? true);
  return [...new Set(keys.flatMap((key) => [...(types.get(key) ?? [])]))];
}

/** There are hundreds: an unknown one is answered with the known ones of its framework. */
function unknownControl(unknown: string, all: readonly string[]): Fault {
  const siblings = all.filter((key) => frameworkOf(key) === frameworkOf(unknown));
  const known = siblings.length > 0 ? siblings : [...new Set(all.map((key) => `${frameworkOf(key)}:…`))];
  const message = `Unknown: ${unknown || "(empty)"}. Known: ${known.toSorted().join(", ")}.`;
  return new Fault("INVALID_REQUEST", `query control: ${message}`, {
    errors: [{ in: "query", pointer: "control", message }],
  });
}
