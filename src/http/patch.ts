import { z } from "@hono/zod-openapi";

export interface Patch {
  readonly name: string;
  readonly of: readonly z.ZodObject[];
  readonly whole: readonly string[];
  readonly example: object;
}

/** What a patch is of, for its description. */
export const patches = new WeakMap<z.ZodType, Patch>();

/** A merge patch (RFC 7396): any of the members. What `patched` makes of it is held against the schema, or one of several. */
export function patchOf(
  name: string,
  schema: z.ZodObject | readonly z.ZodObject[],
  example: object,
  whole: readonly string[] = [],
): z.ZodType {
  const of: readonly z.ZodObject[] = [schema].flat();
  const members = of.flatMap(({ shape }) => Object.keys(shape)).map((member) => [member, z.unknown().optional()]);
  const patch = z.strictObject(Object.fromEntries(members));
  patches.set(patch, { name, of, whole, example });
  return patch;
}
