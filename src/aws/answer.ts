const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One step down; lists on the way are walked element by element. */
function step(values: readonly unknown[], name: string): unknown[] {
  return values.flatMap((value) => {
    if (!isRecord(value) || !Object.hasOwn(value, name)) return [];
    const found = value[name];
    return Array.isArray(found) ? (found as unknown[]) : [found];
  });
}

/**
 * The list at a dotted path of a decoded answer, always an array: absent or an empty element is `[]`, a single one is a list
 * of one. Lists on the way are joined: `reservationSet.item.instancesSet.item` gives all instances.
 */
export function listAt(answer: unknown, path: string): readonly unknown[] {
  const found = path.split(".").reduce(step, [answer]);
  return found.filter((value) => value !== undefined && value !== null && value !== "");
}

/** The text at a dotted path; `undefined` when it is absent or not text. An empty element is `""`. */
export function textAt(answer: unknown, path: string): string | undefined {
  const [found] = path.split(".").reduce(step, [answer]);
  return typeof found === "string" ? found : undefined;
}
