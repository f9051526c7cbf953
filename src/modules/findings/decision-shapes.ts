import { z } from "@hono/zod-openapi";
import { Moment, Uuid } from "#http/shapes";
import type { ManyChanged } from "./change-many.ts";
import { FindingQuery } from "./query-shapes.ts";

const Text = (max: number) => z.string().trim().min(1).max(max);

const ticketUrl = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .nullish();

export const FindingPatch = z
  .strictObject({
    status: z
      .enum(["open", "snoozed", "ignored"])
      .optional()
      .openapi({ description: "`resolved` is AWS's to say: a finding resolves when its check passes." }),
    snoozedUntil: Moment.nullish(),
    ignoreReason: Text(1_000).nullish().openapi({ description: "Needed to ignore." }),
    ignoredUntil: Moment.nullish().openapi({ description: "Null: for good." }),
    note: Text(4_000).nullish(),
    assignee: Text(100)
      .regex(/^[^,]*$/, "may not hold a comma")
      .nullish()
      .openapi({ description: "Whoever looks after it: an e-mail address, a name, a group." }),
    dueAt: Moment.nullish(),
    ticket: z
      .strictObject({ key: Text(100).optional(), url: ticketUrl })
      .nullish()
      .openapi({ description: "Where it is worked on; null removes it." }),
  })
  .refine((changes) => Object.keys(changes).length > 0, "Name at least one member to change.")
  .openapi("FindingPatch", {
    example: {
      status: "ignored",
      ignoreReason: "Public on purpose: our website.",
      ignoredUntil: "2027-01-01T00:00:00.000Z",
    },
  });

const reasons = ["not_found", "resolved", "not_applicable", "unchanged"] as const;

export const FindingsPatch = z
  .strictObject({
    ids: z.array(Uuid).min(1).max(500).optional(),
    filter: z
      .strictObject(FindingQuery.shape)
      .optional()
      .openapi({ description: "The filters of the list; open ones unless it says otherwise." }),
    cursor: z
      .string()
      .max(1_000)
      .optional()
      .openapi({ description: "With the same filter: where the last call left off." }),
    changes: FindingPatch,
  })
  .refine(
    ({ ids, filter }) => (ids === undefined) !== (filter === undefined),
    "Name the findings by `ids` or by `filter`, one of the two.",
  )
  .refine(({ filter, cursor }) => cursor === undefined || filter !== undefined, "A `cursor` goes with a `filter`.")
  .openapi("FindingsPatch", {
    example: {
      filter: { type: "orphaned_volume", environment: "development" },
      changes: { status: "snoozed", snoozedUntil: "2027-01-01T00:00:00.000Z" },
    },
  });

export const FindingsChangedBody = z
  .object({
    matched: z.int().openapi({ description: "Findings looked at: 1,000 at most by filter." }),
    changed: z.int(),
    skipped: z.array(z.object({ reason: z.enum(reasons), count: z.int(), ids: z.array(z.uuid()) })),
    more: z.boolean().openapi({ description: "The filter matches more: send the same again with `cursor`." }),
    nextCursor: z.string().nullable(),
  })
  .openapi("FindingsChanged", {
    example: {
      matched: 12,
      changed: 11,
      skipped: [{ reason: "resolved", count: 1, ids: ["9b1deb4d-3b7d-8bad-9bdd-2b0d7b3dcb6d"] }],
      more: false,
      nextCursor: null,
    },
  });

export const findingsChangedBody = ({ skipped, ...rest }: ManyChanged): z.input<typeof FindingsChangedBody> => ({
  ...rest,
  skipped: skipped.map(({ reason, ids }) => ({ reason, count: ids.length, ids: [...ids] })),
  more: rest.nextCursor !== null,
});
