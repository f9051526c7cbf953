import { and, eq, sql } from "drizzle-orm";
import type { Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { suppressions } from "#db/schema";
import { Fault, refuseStale } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { sweepStart } from "#scans/sweep-suppressions";
import { refusePast, sweptState, type SuppressionInput } from "./create.ts";
import { NewSuppression, suppressionInput, wholes } from "./shapes.ts";
import { audited, getSuppression, type SuppressionRow } from "./suppression.ts";
import { sweepNow } from "./sweep.ts";

/** How often a change is worked out anew when somebody else was faster. */
const triesMax = 4;

interface SuppressionChange extends Naming {
  /** What it is to be, from what it is. */
  readonly to: (before: SuppressionInput) => SuppressionInput;
}

type Asked<Body> = Naming & { readonly body: Body };

/** Replaces all that people may say of a suppression. Faults: as `changeSuppression`. */
export const replaceSuppression = (
  org: OrgContext,
  { body, ...which }: Asked<SuppressionInput>,
): Promise<SuppressionRow> => change(org, { ...which, to: () => body });

/**
 * Merges a patch (RFC 7396). Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, INVALID_REQUEST; CONFLICT when it keeps changing.
 */
export const changeSuppression = (org: OrgContext, { body, ...which }: Asked<unknown>): Promise<SuppressionRow> =>
  change(org, { ...which, to: (before) => merged(before, body) });

const merged = ({ name, condition, reason, owner, expiresAt }: SuppressionInput, patch: unknown): SuppressionInput =>
  suppressionInput(patched(NewSuppression, { name, condition, reason, owner, expiresAt }, patch, wholes));

/**
 * Changes a suppression: what no longer matches is given back, what now does is taken. A later end brings one back that has
 * lapsed.
 */
async function change(org: OrgContext, { id, ifMatch, to }: SuppressionChange): Promise<SuppressionRow> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const before = await getSuppression(org, id);
    refuseStale("suppression", before.version, ifMatch);
    const after = to(before);
    if (before.endedAt === null && isSame(before, after)) return before;
    if (after.expiresAt !== before.expiresAt || before.endedAt !== null) refusePast(org, after.expiresAt);
    const row = await write(org, before, after);
    if (row) {
      await sweepNow(org);
      return { ...row, ...(await sweptState(org, id)) };
    }
  }
  throw new Fault("CONFLICT", "The suppression kept changing meanwhile. Try again.");
}

const isSame = (a: SuppressionInput, b: SuppressionInput): boolean =>
  membersNamed.every((name) => canonicalJson(a[name]) === canonicalJson(b[name]));

const membersNamed = ["name", "condition", "reason", "owner", "expiresAt"] as const;

/** Null: it was no longer what was read. */
async function write(
  org: OrgContext,
  before: SuppressionRow,
  { name, condition, reason, owner, expiresAt }: SuppressionInput,
): Promise<SuppressionRow | null> {
  const values = { name, condition, reason, owner, expiresAt };
  const entry = {
    action: "suppression.update",
    target: { type: "suppression", id: before.id },
    before: audited(before),
    after: audited({ ...before, ...values }),
  } as const;
  const update = org.db
    .update(suppressions)
    .set({
      ...values,
      endedAt: null,
      sweepAfter: sql.raw(sweepStart),
      version: before.version + 1,
      updatedAt: org.now.toISOString(),
    })
    .where(
      and(
        eq(suppressions.orgId, org.id),
        eq(suppressions.id, before.id),
        eq(suppressions.version, before.version),
        eq(suppressions.deleted, false),
      ),
    )
    .returning();
  const [rows] = await org.change(entry, [update]);
  // safe: `returning` answers rows of the table.
  return (rows as SuppressionRow[])[0] ?? null;
}
