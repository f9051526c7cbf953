import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { effectsOf } from "#db/finding-effects";
import { findings } from "#db/schema";
import { Fault, refuseStale } from "#lib/fault";
import { rankRecommendations } from "#scans/rank";
import { suppressedBy, suppressionsInForce, type Suppression } from "#scans/suppression";
import { decide, decidedOf, type Decided, type FindingChanges } from "./decide.ts";
import type { FindingRow } from "./finding.ts";
import { wholeOf, wholeStatements, type WholeFinding } from "./get.ts";

/** How often it is worked out anew when a scan, or somebody else, was faster. */
const triesMax = 4;

/**
 * What people decide about a finding. There is no replacing one: a finding is what a check says of a resource, and only these
 * members are people's. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, INVALID_REQUEST, INVALID_TRANSITION; CONFLICT when it keeps
 * changing.
 */
export async function changeFinding(
  org: OrgContext,
  { id, ifMatch, ...changes }: FindingChanges & { readonly id: string; readonly ifMatch: number | null },
): Promise<WholeFinding> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const [inForce, ...answers] = await org.db.atomic([suppressionsInForce(org), ...wholeStatements(org, id)]);
    const before = await wholeOf(org, answers);
    refuseStale("finding", before.row.version, ifMatch);
    // safe: the statement answers suppressions.
    const after = decide(before.row, changes, org, isSuppressed(before, inForce as Suppression[]));
    if (after === null) return before;
    const written = await write(org, before.row, after);
    if (written) return written;
  }
  throw new Fault("CONFLICT", "The finding kept changing meanwhile. Try again.");
}

const isSuppressed = ({ row, resource }: WholeFinding, inForce: readonly Suppression[]): boolean =>
  suppressedBy(inForce, {
    ...row,
    name: row.resourceName,
    arn: row.resourceArn ?? resource?.row.nativeId ?? null,
    tags: resource?.row.tags ?? {},
  }) !== null;

/** Null: it was no longer what was read. */
async function write(org: OrgContext, row: FindingRow, after: Decided): Promise<WholeFinding | null> {
  const moves = row.status !== after.status;
  const effects = moves ? effectsOf(org, { ids: [row.id] }) : { before: [], after: [] };
  const update = org.db
    .update(findings)
    .set({ ...after, version: row.version + 1, updatedAt: org.now.toISOString() })
    .where(and(eq(findings.orgId, org.id), eq(findings.id, row.id), eq(findings.version, row.version)))
    .returning({ id: findings.id });
  const entry = {
    action: "finding.update",
    target: { type: "finding", id: row.id },
    before: { ...decidedOf(row) },
    after: { ...after },
  } as const;
  const statements = [update, ...effects.after, ...wholeStatements(org, row.id)] as const;
  const answers = await org.change(entry, statements, undefined, effects.before);
  // safe: `returning` answers the changed row.
  if ((answers[0] as unknown[]).length === 0) return null;
  if (moves) await rankRecommendations(org);
  return wholeOf(org, answers.slice(-3));
}
