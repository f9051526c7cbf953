import type { z } from "zod";
import { Fault, type FaultDetail } from "#lib/fault";

/** What the schema makes of a value. Faults: INVALID_REQUEST that names each thing wrong. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  where: FaultDetail["in"],
  value: unknown,
): z.output<Schema> {
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
const pointerOf = (where: FaultDetail["in"], path: readonly PropertyKey[]): string =>
  where === "body" ? bodyPointer(path) : String(path[0] ?? "");

/** The JSON pointer (RFC 6901) of a place in a body. */
export const bodyPointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
