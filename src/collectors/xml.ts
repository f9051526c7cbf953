import { z } from "zod";
import { listAt } from "#aws/answer";

// XML of the query, EC2 and REST-XML protocols as it comes decoded: every value is text, an empty element is "".

/** Left out and empty mean the same: AWS says there is none. */
export const given = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(
    (element) => (element === "" ? undefined : element),
    schema.optional().transform((value) => value ?? null),
  );

export const text = given(z.string());
export const flag = given(z.stringbool());
export const number = given(z.coerce.number().int());
/** ISO 8601 UTC or null. */
export const instant = given(z.iso.datetime({ offset: true }).transform((at) => new Date(at).toISOString()));

/** A flag that must be there: a missing fact must not read as a claim. */
export const claim = z.stringbool();
/** A switch; left out it is off. */
export const toggle = claim.default(false);
/** A date that must be there, as ISO 8601 UTC. */
export const date = z
  .string()
  .pipe(z.coerce.date())
  .transform((at) => at.toISOString());

/** A structure inside an entry; left out or empty it is one without members. */
export const part = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((element) => (element === "" || element === undefined ? {} : element), z.object(shape));

/** The list at a dotted path; where it is left out or empty there is nothing in it. */
export const listOf = <Entry extends z.ZodType>(path: string, entry: Entry) =>
  z.preprocess((element) => listAt(element, path), z.array(entry));

/** The list an answer is about. It must be there: an answer without it does not say that there is nothing. */
export const wholeListOf = <Entry extends z.ZodType>(path: string, entry: Entry) =>
  z.preprocess((element) => (element === undefined ? undefined : listAt(element, path)), z.array(entry));

/** Tags at a dotted path, written as S3 and RDS do: `<Tag><Key/><Value/></Tag>`. */
export const tagsAt = (path: string) =>
  listOf(path, z.object({ Key: z.string(), Value: z.string().default("") })).transform(
    (tags): Readonly<Record<string, string>> => Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value])),
  );
