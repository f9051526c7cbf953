import { z } from "zod";

// RDS's XML as it comes decoded: every value is text, an empty element is "".

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
