import { z } from "@hono/zod-openapi";
import type { Patch } from "./patch.ts";

/** A patch as the document tells of it: members as what they change, each of which may be left out. */
export function patchSchema({ name, of, whole, example }: Patch): z.ZodType {
  const members = Map.groupBy(
    of.flatMap(({ shape }) => Object.entries(shape)),
    ([member]) => member,
  );
  const shape = [...members].map(([member, found]) => [
    member,
    patchMember(
      found.map(([, schema]) => schema as z.ZodType),
      whole.includes(member),
    ),
  ]);
  const replaced = whole.map((member) => ` \`${member}\` is replaced as a whole.`).join("");
  return z.strictObject(Object.fromEntries(shape)).openapi(name, {
    description: `What is left out stays; null removes a member, or restores its default.${replaced}`,
    example,
  });
}

/** A member that may be left out may be removed. */
function patchMember(members: readonly z.ZodType[], isWhole: boolean): z.ZodType {
  const kinds = [...new Set(members.map(innermost))].filter((kind) => !(kind instanceof z.ZodNull));
  const [first = z.unknown(), ...others] = kinds.map((kind) => {
    if (isWhole) return kind;
    if (kind instanceof z.ZodRecord) return z.record(z.string(), z.unknown());
    if (!(kind instanceof z.ZodObject)) return kind;
    const inner = Object.entries(kind.shape).map(([name, schema]) => [name, patchMember([schema as z.ZodType], false)]);
    return z.strictObject(Object.fromEntries(inner));
  });
  const schema = others.length > 0 ? z.union([first, ...others]) : first;
  return (members.some((member) => member.safeParse(undefined).success) ? schema.nullable() : schema).optional();
}

/** Without its default, and whether it may be left out or null. */
function innermost(schema: z.ZodType): z.ZodType {
  const isWrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return isWrapped ? innermost(schema.unwrap() as z.ZodType) : schema;
}
