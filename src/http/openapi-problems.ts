import { z, type RouteConfig } from "@hono/zod-openapi";
import { faults, type FaultCode } from "#lib/fault";
import { advice } from "./advice.ts";
import { problemEntry, problemCodes } from "./problems.ts";

/** What whoever brings a credential may be refused with, whatever is asked for. */
export const askerFaults: readonly FaultCode[] = [
  "INVALID_REQUEST",
  "AMBIGUOUS_CREDENTIALS",
  "UNAUTHORIZED",
  "KEY_REVOKED",
  "KEY_EXPIRED",
  "FORBIDDEN",
  "MISSING_SCOPE",
  "RATE_LIMITED",
  "INTERNAL",
  "UNAVAILABLE",
];

const Problem = z
  .looseObject({
    type: z.url().openapi({ description: "Leads to a page about this problem." }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: "What is wrong here and what to do." }),
    instance: z.string(),
    code: z.enum(problemCodes as [FaultCode, ...FaultCode[]]),
    requestId: z.string(),
    errors: z
      .array(z.object({ in: z.enum(["body", "query", "path", "header"]), pointer: z.string(), message: z.string() }))
      .optional(),
    retryAfter: z.number().optional().openapi({ description: "Seconds." }),
    currentVersion: z.int().optional(),
    requiredScope: z.string().optional(),
    requiredRole: z.string().optional(),
    "violated-policies": z.array(z.string()).optional(),
  })
  .openapi("Problem", { description: "RFC 9457. Every error has this form." });

/** The answers that refuse, by status. */
export function problemsOf(codes: readonly FaultCode[]): RouteConfig["responses"] {
  const byStatus = Map.groupBy([...new Set(codes)].toSorted(), (code) => faults[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `${code}: ${faults[code].title}.`).join(" "),
        content: {
          "application/problem+json": {
            schema: Problem,
            examples: Object.fromEntries(group.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
          },
        },
      },
    ]),
  );
}

/** What an example of a problem looks like. */
export function problemExample(code: FaultCode): object {
  const { type, title, status, advice: detail } = problemEntry(code, "https://cloudglass.example", advice);
  return {
    type,
    title,
    status,
    detail,
    instance: "/api/v1/whoami",
    code,
    requestId: "019aa5d2-6b1c-7c43-9a7e-1f2d3c4b5a69",
  };
}
