import type { z } from "zod";
import { Fault } from "#lib/fault";

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

/** What a merge patch makes of a value, held against its schema. Fault: INVALID_REQUEST that names each thing wrong. */
export function patched<Schema extends z.ZodType>(schema: Schema, before: unknown, patch: unknown): z.output<Schema> {
  const result = schema.safeParse(mergePatch(before, patch));
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({
    in: "body" as const,
    pointer: `/${path.join("/")}`,
    message,
  }));
  throw new Fault("INVALID_REQUEST", "What the patch makes of it would not be valid; see `errors`.", { errors });
}
