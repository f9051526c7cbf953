import { z } from "@hono/zod-openapi";
import { accountList } from "#modules/accounts";
import type { Costs } from "./get.ts";

const Day = z.iso.date();

export const CostQuery = z.object({
  accountId: accountList.optional(),
  service: z
    .string()
    .min(1)
    .max(2_000)
    .transform((text) => text.split(",").map((name) => name.trim()))
    .optional()
    .openapi({
      type: "string",
      description: "Cost Explorer's names, as `byService` has them.",
      example: "AmazonCloudWatch",
    }),
  from: Day.optional().openapi({
    description: "The first day; 30 days before `to` when left out.",
    example: "2026-02-11",
  }),
  to: Day.optional().openapi({ description: "The day after the last; today when left out.", example: "2026-03-13" }),
});

export const CostsBody = z
  .object({
    from: Day,
    to: Day.openapi({ description: "Not included." }),
    currency: z.string(),
    total: z.number(),
    byDay: z.array(
      z.object({
        day: Day,
        amount: z.number(),
        estimated: z.boolean().openapi({ description: "AWS may still change it." }),
      }),
    ),
    byService: z.array(z.object({ service: z.string(), amount: z.number() })),
    byAccount: z.array(z.object({ accountId: z.uuid(), awsAccountId: z.string(), amount: z.number() })),
  })
  .openapi("Costs", {
    description: "Unblended cost as AWS Cost Explorer tells it, once a day; the largest first.",
    example: {
      from: "2026-03-11",
      to: "2026-03-13",
      currency: "USD",
      total: 122.4,
      byDay: [
        { day: "2026-03-11", amount: 60.8, estimated: false },
        { day: "2026-03-12", amount: 61.6, estimated: true },
      ],
      byService: [
        { service: "Amazon Elastic Compute Cloud - Compute", amount: 98.1 },
        { service: "AmazonCloudWatch", amount: 24.3 },
      ],
      byAccount: [{ accountId: "0199e0b2-7c1a-7d3e-9b1a-2f4c5d6e7f80", awsAccountId: "123456789012", amount: 122.4 }],
    },
  });

export const costsBody = ({ byDay, byService, byAccount, ...rest }: Costs): z.input<typeof CostsBody> => ({
  ...rest,
  byDay: [...byDay],
  byService: [...byService],
  byAccount: [...byAccount],
});
