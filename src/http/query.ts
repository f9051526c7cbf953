import { z } from "@hono/zod-openapi";

/** Several values in one parameter, separated by commas; each must match, and none is given twice. */
export const commaListOf = (value: z.ZodString, example: string) =>
  z
    .string()
    .min(1)
    .max(4_000)
    .transform((text) => [...new Set(text.split(",").map((part) => part.trim()))])
    .pipe(z.array(value).min(1).max(100))
    .openapi({ type: "string", description: "Several values are separated by commas.", example });

/** A time with its offset, as ISO 8601 UTC text with milliseconds: the form in which times are stored. */
export const moment = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .openapi({ type: "string", format: "date-time", example: "2026-03-13T08:00:00Z" });
