import { z } from "@hono/zod-openapi";
import type { FaultDetail } from "#lib/fault";
import { invalidRequest } from "#lib/validate";

/** Members of an object schema; empty for everything else. */
export function membersOf(schema: z.ZodType | undefined): Readonly<Record<string, z.core.$ZodType>> {
  if (schema instanceof z.ZodObject) return schema.shape;
  return schema instanceof z.ZodPipe && schema.in instanceof z.ZodType ? membersOf(schema.in) : {};
}

/** Whether a body may be left out: what a POST may ask with `{}` it may ask with nothing. */
export const mayBeLeftOut = (method: string, body: z.ZodType): boolean =>
  method === "post" && body.safeParse({}).success;

/** The query as one text per name. Faults: INVALID_REQUEST for unknown, repeated and NUL-holding parameters. */
export function readQuery(url: URL, known: readonly string[]): Record<string, string> {
  const errors: FaultDetail[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    const wrong = complaint(name, value, known, Object.hasOwn(values, name));
    if (wrong) errors.push({ in: "query", pointer: name.slice(0, 64), message: wrong });
    else values[name] = value;
  }
  if (errors.length > 0) throw invalidRequest(errors);
  return values;
}

function complaint(name: string, value: string, known: readonly string[], repeated: boolean): string | null {
  if (!known.includes(name)) return `is not known here; known: ${known.length > 0 ? known.join(", ") : "none"}`;
  if (repeated) return "is given more than once; separate several values by commas";
  return value.includes("\0") ? "holds a NUL character" : null;
}
