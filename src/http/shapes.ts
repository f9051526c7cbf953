import { z } from "@hono/zod-openapi";
import { uuidPattern } from "#lib/id";
import { isTimeZone } from "#lib/zone";

const split = (text: string): string[] => [
  ...new Set(
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  ),
];

/** A comma list of known words. An unknown one is refused with the known ones. */
export const commaList = <const Word extends string>(known: readonly Word[], example: string = known[0] ?? "") =>
  z
    .string()
    .transform((text, context): readonly Word[] => {
      const words = split(text);
      const unknown = words.filter((word) => !known.some((one) => one === word));
      if (words.length > 0 && unknown.length === 0) return words.flatMap((word) => known.filter((one) => one === word));
      context.addIssue({
        code: "custom",
        message: `Unknown: ${unknown.join(", ") || "(empty)"}. Known: ${known.join(", ")}.`,
      });
      return z.NEVER;
    })
    .openapi({ type: "string", description: `Comma list of: ${known.join(", ")}.`, example });

/** For what is written in lower case, and taken in any. */
export const AnyCase = z.string().toLowerCase();

/** Of what can be switched off: one of them, or both. */
export const Enabled = commaList(["true", "false"], "true");

/** A comma list whose every part matches. */
export const listOf = (pattern: RegExp, expected: string, example: string, text: z.ZodString = z.string()) =>
  text
    .transform((text, context): readonly string[] => {
      const parts = split(text);
      const wrong = parts.filter((part) => !pattern.test(part));
      if (parts.length > 0 && wrong.length === 0) return parts;
      context.addIssue({ code: "custom", message: `Not ${expected}: ${wrong.join(", ") || "(empty)"}.` });
      return z.NEVER;
    })
    .openapi({ type: "string", description: `Comma list; each ${expected}.`, example });

/** An id of ours, as we write it: lower-case. */
export const Uuid = z.uuid().toLowerCase();
export const idPath = (example: string) => z.object({ id: Uuid.openapi({ example }) });

export const uuidList = listOf(uuidPattern, "a UUID", "0199e0b2-7c1a-7d3e-9b1a-2f4c5d6e7f80", AnyCase);

/** Any words, e.g. AWS's own states. */
export const wordList = (example: string) => listOf(/^[^,]{1,100}$/, "1 to 100 characters long", example);

/** A moment with its offset, as our columns write it. */
export const Moment = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .openapi({ type: "string", format: "date-time", example: "2026-03-13T10:00:00.000Z" });

export const SearchText = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .openapi({ description: "Text to look for; upper and lower case are the same in ASCII.", example: "vol-0a1b2c3d" });

export const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day: `22:00`")
  .openapi({ example: "22:00" });

export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, "must be an IANA time zone: `Europe/Berlin`, `UTC`")
  .openapi({ example: "Europe/Berlin" });
