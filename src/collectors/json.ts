import { z } from "zod";

// JSON answers: what is left out and `null` mean the same.

const given = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? null);

export const text = given(z.string().transform((value) => value || null));
export const number = given(z.number());
export const flag = given(z.boolean());
/** ISO 8601 UTC or null, of seconds since 1970 with a fraction or of ISO text. */
export const instant = given(
  z
    .union([z.number().transform((seconds) => seconds * 1000), z.string()])
    .pipe(z.coerce.date())
    .transform((at) => at.toISOString()),
);
/** Left out: empty. */
export const texts = z
  .array(z.string())
  .nullish()
  .transform((value): readonly string[] => value ?? []);
/** A structure inside an entry; left out it is one without members. */
export const part = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((value) => value ?? {}, z.object(shape));
export const list = <Entry extends z.ZodType>(entry: Entry) =>
  z
    .array(entry)
    .nullish()
    .transform((value) => value ?? []);

/** Tags as `[{ Key, Value }]` or as `[{ key, value }]`. */
export const tagList = list(
  z.union([
    z
      .object({ Key: z.string(), Value: z.string().nullish() })
      .transform(({ Key, Value }) => [Key, Value ?? ""] as const),
    z
      .object({ key: z.string(), value: z.string().nullish() })
      .transform(({ key, value }) => [key, value ?? ""] as const),
  ]),
).transform((tags): Readonly<Record<string, string>> => Object.fromEntries(tags));
/** Tags as one object. */
export const tagMap = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value): Readonly<Record<string, string>> => value ?? {});
