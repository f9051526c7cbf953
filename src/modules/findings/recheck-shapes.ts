import { z } from "@hono/zod-openapi";
import type { Rechecked } from "./recheck.ts";
import { wholeFindingBody, WholeFindingBody } from "./shapes.ts";

export const RecheckBody = z
  .object({
    verdict: z.object({
      status: z.enum(["pass", "fail", "unknown", "not_applicable", "gone"]),
      summary: z.string().openapi({ description: "What is wrong, or why nothing can be said." }),
      details: z.record(z.string(), z.unknown()),
      evidence: z.array(z.object({ call: z.string(), field: z.string(), value: z.unknown() })),
      at: z.iso.datetime(),
    }),
    finding: WholeFindingBody,
  })
  .openapi("Recheck");

export const recheckBody = ({ verdict, finding }: Rechecked, now: Date): z.input<typeof RecheckBody> => ({
  verdict: { ...verdict, details: { ...verdict.details }, evidence: [...verdict.evidence] },
  finding: wholeFindingBody(finding, now),
});
