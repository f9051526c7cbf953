import { z } from "zod";

// XML of the query and REST-XML protocols as it comes decoded: every value is text, an empty element is "".

/** Left out and empty mean the same: AWS says there is none. */
const given = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(
    (element) => (element === "" ? undefined : element),
    schema.optional().transform((value) => value ?? null),
  );

export const text = given(z.string());
export const flag = given(z.stringbool());
export const count = given(z.coerce.number().int());
/** ISO 8601 UTC or null. */
export const instant = given(z.iso.datetime({ offset: true }).transform((at) => new Date(at).toISOString()));

/** A structure inside an entry; left out or empty it is one without members. */
export const part = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((element) => (element === "" || element === undefined ? {} : element), z.object(shape));
