import { z } from "@hono/zod-openapi";
import { checks } from "#checks/registry";

const known = new Set(checks.map(({ id }) => id));
const rule = /^rule:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A comma list of checks' ids and of `rule:<id>`. */
export const findingTypeList = z
  .string()
  .transform((text, context): readonly string[] => {
    const types = [...new Set(text.split(",").map((part) => part.trim()))].filter((part) => part !== "");
    const unknown = types.filter((type) => !known.has(type) && !rule.test(type));
    if (types.length > 0 && unknown.length === 0) return types;
    const message = `Unknown: ${unknown.join(", ") || "(empty)"}. Known: rule:<id of a rule>, ${[...known].join(", ")}.`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .openapi({
    type: "string",
    description: "Comma list of ids of checks (`GET /checks`), and of `rule:<id>` for your own rules.",
    example: "orphaned_volume",
  });
