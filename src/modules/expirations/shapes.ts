import { z } from "@hono/zod-openapi";
import { accountList } from "#modules/accounts";
import type { ResourceRow } from "#modules/resources";
import { kindNames, kindOf } from "#collectors/expiring";
import { commaList } from "#http/shapes";

export const ExpirationQuery = z.object({
  kind: commaList(kindNames, "certificate,secret").optional(),
  accountId: accountList.optional(),
  withinDays: z.coerce
    .number()
    .int()
    .min(0)
    .max(3650)
    .optional()
    .openapi({ description: "Ended ones too, unless `expired=false`.", example: 30 }),
  expired: z.stringbool().optional().openapi({ type: "boolean" }),
});

export const ExpirationBody = z
  .object({
    resourceId: z.uuid(),
    accountId: z.uuid(),
    awsAccountId: z.string(),
    kind: z.enum(kindNames).nullable().openapi({ description: "Null: something else with a date." }),
    resourceType: z.string(),
    arn: z.string().nullable(),
    name: z.string().nullable(),
    region: z.string(),
    expiresAt: z.iso.datetime().openapi({
      description:
        "AWS's own date; of what has none, like access keys, the day by which the organization wants it replaced.",
    }),
    daysLeft: z.int().openapi({ description: "Negative once it has ended." }),
    expired: z.boolean(),
  })
  .openapi("Expiration");

const dayMs = 86_400_000;

export function expirationBody(row: ResourceRow, now: Date): z.input<typeof ExpirationBody> {
  const expiresAt = row.expiresAt ?? "";
  const left = Date.parse(expiresAt) - now.getTime();
  return {
    resourceId: row.id,
    accountId: row.accountId,
    awsAccountId: row.awsAccountId,
    kind: kindOf(row.resourceType),
    resourceType: row.resourceType,
    arn: row.arn,
    name: row.name,
    region: row.region,
    expiresAt,
    daysLeft: Math.floor(left / dayMs),
    expired: left <= 0,
  };
}
