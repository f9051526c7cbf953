import type { z } from "zod";
import { parseWith } from "#lib/validate";

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** JSON Merge Patch (RFC 7396): members of the patch replace, null removes, objects are merged inside. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/**
 * What a merge patch makes of a value, held against its schema. Members named in `whole` are replaced and not merged: null
 * means something inside of them. Fault: INVALID_REQUEST that names each thing wrong.
 */
export function patched<Schema extends z.ZodType>(
  schema: Schema,
  before: unknown,
  patch: unknown,
  whole: readonly string[] = [],
): z.output<Schema> {
  const replaced = isObject(patch) ? whole.filter((name) => (patch[name] ?? null) !== null) : [];
  const given = replaced.map((name) => [name, (patch as Members)[name]]);
  return parseWith(schema, "body", Object.assign(mergePatch(before, patch) as object, Object.fromEntries(given)));
}
