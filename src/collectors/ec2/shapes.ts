import { z } from "zod";

// EC2's XML as it comes decoded: every value is text, an empty element is "".

/** A value or null: absent and empty mean the same. */
export const text = z
  .string()
  .optional()
  .transform((value) => value || null);

/** A number or null. Text that is no number is refused. */
export const number = z
  .preprocess((value) => (value === "" ? undefined : value), z.coerce.number().optional())
  .transform((value) => value ?? null);

/** `true` or `false`; anything else is refused, because a missing fact must not read as a claim. */
export const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** ISO 8601 UTC or null. */
export const instant = text.transform((value, context) => {
  if (value === null) return null;
  const at = new Date(value);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  context.addIssue({ code: "custom", message: "is not a date" });
  return z.NEVER;
});

/** The list an answer is about. It must be there: an answer without it is not an empty account. */
export const list = <Entry extends z.ZodType>(entry: Entry) =>
  z
    .preprocess((value) => (value === "" ? { item: [] } : value), z.object({ item: z.array(entry) }))
    .transform(({ item }) => item);

/** A list inside an entry, which EC2 leaves out or empty when there is nothing in it. */
export const innerList = <Entry extends z.ZodType>(entry: Entry) =>
  z
    .preprocess(
      (value) => (value === "" || value === undefined ? { item: [] } : value),
      z.object({ item: z.array(entry) }),
    )
    .transform(({ item }) => item);

/** A structure inside an entry, or null. */
export const inner = <Shape extends z.ZodType>(shape: Shape) =>
  z.preprocess((value) => (value === "" ? undefined : value), shape.optional()).transform((value) => value ?? null);

export const tagSet = innerList(z.object({ key: z.string(), value: z.string().default("") })).transform(
  (tags): Readonly<Record<string, string>> => Object.fromEntries(tags.map(({ key, value }) => [key, value])),
);

/** The `Name` tag, which is what EC2's console calls the name. */
export const nameOf = (tags: Readonly<Record<string, string>>): string | null => tags["Name"] || null;

/** Texts in one order: EC2 promises none, and an unchanged thing must read the same every time. */
export const ordered = (texts: readonly (string | null)[]): readonly string[] =>
  texts.filter((value) => value !== null).toSorted();
