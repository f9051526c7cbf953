import { z } from "@hono/zod-openapi";
import { Fault, type FaultDetail } from "#lib/fault";

/** Members of an object schema; empty for everything else. */
export function membersOf(schema: z.ZodType | undefined): Readonly<Record<string, z.core.$ZodType>> {
  if (schema instanceof z.ZodObject) return schema.shape;
  return schema instanceof z.ZodPipe && schema.in instanceof z.ZodType ? membersOf(schema.in) : {};
}

/** What the schema makes of a value. Faults: INVALID_REQUEST that names each thing wrong. */
export function parseWith(schema: z.ZodType, where: FaultDetail["in"], value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidRequest(result.error.issues.flatMap((issue) => detailsOf(where, issue, [])));
}

export function invalidRequest(errors: readonly FaultDetail[]): Fault {
  const [first] = errors;
  const named = first
    ? `${first.in} ${first.pointer}: ${first.message}`.replace(/ +: /, ": ")
    : "It does not fit the schema";
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more in \`errors\`)` : "";
  return new Fault("INVALID_REQUEST", `${named.replace(/\.$/, "")}${more}.`, { errors });
}

function detailsOf(where: FaultDetail["in"], issue: z.core.$ZodIssue, above: readonly PropertyKey[]): FaultDetail[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      in: where,
      pointer: pointerOf(where, [...path, key]),
      message: "is not known here",
    }));
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const nearest = issue.errors.toSorted((a, b) => a.length - b.length)[0] ?? [];
    return nearest.flatMap((inner) => detailsOf(where, inner, path));
  }
  return [{ in: where, pointer: pointerOf(where, path), message: messageOf(issue) }];
}

const messageOf = ({ message }: z.core.$ZodIssue): string =>
  message.endsWith("received undefined")
    ? "is required"
    : message.replace(/^(Invalid input|Too small|Too big|Invalid string): /, "");

/** RFC 6901 in bodies; the bare name elsewhere. */
function pointerOf(where: FaultDetail["in"], path: readonly PropertyKey[]): string {
  if (where !== "body") return String(path[0] ?? "");
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

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
