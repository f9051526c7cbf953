import { z } from "@hono/zod-openapi";
import { knownRegions } from "#aws/regions";
import { categories, severities } from "#checks/check";
import { kindNames } from "#collectors/expiring";
import { Uuid } from "#http/shapes";
import { AccountRef, serviceWords } from "#modules/accounts";

const listMax = 500;
const wordsOf = <const Word extends string>(known: readonly [Word, ...Word[]]) =>
  z.array(z.enum(known)).min(1).max(listMax);

/** A list of known words too many for an enum in the document; unknown ones are named. */
const among = (known: readonly string[], example: string) =>
  z
    .array(z.string())
    .min(1)
    .max(listMax)
    .superRefine((words, context) => {
      const unknown = words.filter((word) => !known.includes(word));
      if (unknown.length > 0)
        context.addIssue({ code: "custom", message: `Unknown: ${unknown.join(", ")}. Known: ${known.join(", ")}.` });
    })
    .openapi({ example: [example] });

const Filter = z
  .strictObject({
    severity: wordsOf(severities).optional(),
    type: z
      .array(z.string().min(1).max(80))
      .min(1)
      .max(listMax)
      .optional()
      .openapi({ description: "Checks, or `rule:<id>` of your own rules.", example: ["s3_bucket_public_access"] }),
    category: wordsOf(categories).optional(),
    accountId: z.array(AccountRef).min(1).max(listMax).optional(),
    service: among(serviceWords, "s3").optional(),
    region: among([...knownRegions, "global"], "eu-west-1").optional(),
    tags: z
      .record(z.string().min(1).max(128), z.string().max(256).nullable())
      .refine((tags) => Object.keys(tags).length > 0 && Object.keys(tags).length <= 20, "Name 1 to 20 tags.")
      .optional()
      .openapi({ description: "Tags of the resource, all of them; null: any value." }),
  })
  .openapi("FindingFilter", { description: "All members that are named must hold; of a list's values one." });

const filter = Filter.prefault({}).openapi({ description: "Left out: every finding." });
const Account = AccountRef.nullable().default(null);
const Accounts = z
  .array(AccountRef)
  .min(1)
  .max(listMax)
  .nullable()
  .default(null)
  .openapi({ description: "Null: every account." });
const Hours = z.int().min(1).max(8_760);

/** When a rule has something to tell. */
export const Condition = z
  .discriminatedUnion("kind", [
    z
      .strictObject({
        kind: z.literal("findings"),
        filter,
        newOnly: z
          .boolean()
          .default(true)
          .openapi({ description: "False: also those that come back, or become critical." }),
        atLeast: z.int().min(1).max(100_000).default(1).openapi({ description: "So many of them in one run." }),
      })
      .openapi({ description: "Findings that open; those of a run are told together at its end." }),
    z
      .strictObject({ kind: z.literal("open_findings"), filter, moreThan: z.int().min(0).max(1_000_000) })
      .openapi({ description: "So many are open, whenever they came." }),
    z
      .strictObject({
        kind: z.literal("score_below"),
        framework: z.string().min(1).max(64),
        score: z.number().min(0).max(100),
        accountId: Account.openapi({ description: "Null: the whole organization." }),
      })
      .openapi({ description: "The compliance score of a framework." }),
    z
      .strictObject({
        kind: z.literal("expiring"),
        withinDays: z.int().min(0).max(3_650),
        kinds: wordsOf(kindNames).nullable().default(null).openapi({ description: "Null: everything with a date." }),
      })
      .openapi({ description: "Certificates, keys, secrets and whatever else ends, or has ended." }),
    z
      .strictObject({
        kind: z.literal("spend_over"),
        usd: z.number().min(0).max(1_000_000_000),
        accountId: Account.openapi({ description: "Null: all accounts together." }),
      })
      .openapi({ description: "USD of the last 30 days." }),
    z
      .strictObject({
        kind: z.literal("scan_ended"),
        states: z
          .array(z.enum(["error", "partial"]))
          .min(1)
          .max(2)
          .default(["error"]),
        accountId: Accounts,
      })
      .openapi({ description: "The last scan of an account ended so." }),
    z
      .strictObject({ kind: z.literal("no_complete_scan"), hours: Hours, accountId: Accounts })
      .openapi({ description: "An account was not seen completely for so long." }),
    z
      .strictObject({
        kind: z.literal("policy_failed"),
        policyId: z.array(Uuid).min(1).max(50).nullable().default(null).openapi({ description: "Null: any." }),
      })
      .openapi({ description: "The last scan of an account failed a policy." }),
    z
      .strictObject({ kind: z.literal("webhook_failing"), hours: Hours.default(24) })
      .openapi({ description: "A webhook or channel is disabled, or has failed for so long." }),
  ])
  .openapi("AlertCondition", {
    example: { kind: "findings", filter: { severity: ["critical"] }, newOnly: true, atLeast: 1 },
  });
