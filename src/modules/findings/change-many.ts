import { and, eq, sql } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { decodeCursor, encodeCursor, type CursorList } from "#db/cursor";
import type { Statement } from "#db/database";
import { effectsOf } from "#db/finding-effects";
import type { PageKey } from "#db/page";
import { hasMovedOn, pinFindings } from "#db/pin";
import { findings, resources } from "#db/schema";
import { Fault } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { masterKeys } from "#lib/secrets";
import { rankRecommendations } from "#scans/rank";
import { suppressedBy, suppressionsInForce, type Suppression } from "#scans/suppression";
import { decide, type Decided, type FindingChanges } from "./decide.ts";
import type { FindingRow } from "./finding.ts";
import { findingRows, type FindingFilters } from "./list.ts";

/** Findings that one call by filter looks at. */
const matchedMax = 1_000;
const triesMax = 4;
/** Ids an audit row names. */
const auditedMax = 100;

export type Chosen =
  | { readonly ids: readonly string[] }
  | { readonly filter: FindingFilters; readonly cursor?: string | undefined };

export type SkipReason = "not_found" | "resolved" | "not_applicable" | "unchanged";

export interface ManyChanged {
  /** Findings looked at. */
  readonly matched: number;
  readonly changed: number;
  readonly skipped: readonly { readonly reason: SkipReason; readonly ids: readonly string[] }[];
  /** Where the next call by the same filter goes on; null: that was all. */
  readonly nextCursor: string | null;
}

/**
 * The same decision about many findings, in one batch with one audit row. By filter a call looks at 1,000 at most and says where the
 * next one goes on. Faults: INVALID_REQUEST, INVALID_CURSOR; CONFLICT when they keep changing.
 */
export async function changeFindings(org: OrgContext, chosen: Chosen, changes: FindingChanges): Promise<ManyChanged> {
  // What is no decision about any finding is refused before one is looked for.
  if (changes.status) decide(undecided, changes, org, false);
  for (let tries = 0; tries < triesMax; tries += 1) {
    const found = await find(org, chosen);
    const { made, skipped } = decideAll(org, found, changes);
    const answer: ManyChanged = {
      matched: found.rows.length,
      changed: made.length,
      skipped: [...skipped].map(([reason, ids]) => ({ reason, ids })),
      nextCursor: found.nextCursor,
    };
    if (made.length === 0 || (await write(org, made, changes, answer))) return answer;
  }
  throw new Fault("CONFLICT", "Some of the findings kept changing meanwhile. Try again.");
}

const undecided: Decided = {
  status: "open",
  snoozedUntil: null,
  ignoreReason: null,
  ignoredUntil: null,
  suppressionId: null,
  exempt: false,
  note: null,
  assignee: null,
  dueAt: null,
  ticket: null,
  decidedBy: null,
  decidedAt: null,
};

interface FoundMany {
  readonly rows: readonly FindingRow[];
  readonly inForce: readonly Suppression[];
  readonly missing: readonly string[];
  /** What suppressions may name of the resources, by id; empty where nothing is reopened. */
  readonly owners: ReadonlyMap<string, Owner>;
  readonly nextCursor: string | null;
}

interface Owner {
  readonly id: string;
  readonly nativeId: string;
  readonly tags: Readonly<Record<string, string>>;
}

async function find(org: OrgContext, chosen: Chosen): Promise<FoundMany> {
  const { rows, inForce, nextCursor } = "ids" in chosen ? await byIds(org, chosen.ids) : await byFilter(org, chosen);
  const known = new Set(rows.map(({ id }) => id));
  const missing = "ids" in chosen ? [...new Set(chosen.ids)].filter((id) => !known.has(id)) : [];
  const owners = inForce.length > 0 ? await ownersOf(org, rows) : new Map<string, Owner>();
  return { rows, inForce, nextCursor, missing, owners };
}

type FoundRows = Pick<FoundMany, "rows" | "inForce" | "nextCursor">;

async function byIds(org: OrgContext, ids: readonly string[]): Promise<FoundRows> {
  const [rows, inForce] = await org.db.atomic([
    org.db
      .select()
      .from(findings)
      .where(
        and(eq(findings.orgId, org.id), sql`${findings.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`),
      ),
    suppressionsInForce(org),
  ]);
  // safe: each statement answers its own columns.
  return { rows: rows as FindingRow[], inForce: inForce as Suppression[], nextCursor: null };
}

async function byFilter(
  org: OrgContext,
  { filter, cursor }: Extract<Chosen, { readonly filter: FindingFilters }>,
): Promise<FoundRows> {
  const keys = masterKeys(org.env.MASTER_KEYS);
  const list: CursorList = { orgId: org.id, route: "changeFindings", filters: canonicalJson(filter), sort: "" };
  const from = cursor === undefined ? null : await decodeCursor(keys, list, cursor);
  const page = { limit: matchedMax, sort: [], from, page: null, count: false };
  const { rows, next, extra } = await findingRows(org, page, filter, [suppressionsInForce(org)]);
  const nextOf = (key: PageKey): Promise<string> => encodeCursor(keys, list, { key, backward: false });
  // safe: the extra statement answers suppressions.
  return { rows, inForce: extra[0] as Suppression[], nextCursor: next && (await nextOf(next)) };
}

async function ownersOf(org: OrgContext, rows: readonly FindingRow[]): Promise<ReadonlyMap<string, Owner>> {
  const ids = [...new Set(rows.map(({ resourceId }) => resourceId))];
  const found = await org.db
    .select({ id: resources.id, nativeId: resources.nativeId, tags: resources.tags })
    .from(resources)
    .where(
      and(eq(resources.orgId, org.id), sql`${resources.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`),
    );
  return new Map(found.map((owner) => [owner.id, owner]));
}

interface Made {
  readonly row: FindingRow;
  readonly after: Decided;
}

function decideAll(
  org: OrgContext,
  { rows, inForce, owners, missing }: FoundMany,
  changes: FindingChanges,
): { made: readonly Made[]; skipped: ReadonlyMap<SkipReason, string[]> } {
  const made: Made[] = [];
  const skipped = new Map<SkipReason, string[]>(missing.length > 0 ? [["not_found", [...missing]]] : []);
  for (const row of rows) {
    const owner = owners.get(row.resourceId);
    const subject = {
      ...row,
      name: row.resourceName,
      arn: row.resourceArn ?? owner?.nativeId ?? null,
      tags: owner?.tags ?? {},
    };
    const after = tried(() => decide(row, changes, org, suppressedBy(inForce, subject) !== null));
    if (typeof after === "object") made.push({ row, after });
    else skipped.set(after, [...(skipped.get(after) ?? []), row.id]);
  }
  return { made, skipped };
}

/** What was decided, or why nothing was. */
function tried(decided: () => Decided | null): Decided | SkipReason {
  try {
    return decided() ?? "unchanged";
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.code === "INVALID_TRANSITION" ? "resolved" : "not_applicable";
  }
}

/** One batch; false: one of them was no longer what was read. */
async function write(
  org: OrgContext,
  made: readonly Made[],
  changes: FindingChanges,
  answer: ManyChanged,
): Promise<boolean> {
  const moved = made.filter(({ row, after }) => row.status !== after.status).map(({ row }) => row.id);
  const effects = moved.length > 0 ? effectsOf(org, { ids: moved }) : { before: [], after: [] };
  const [first, ...others] = updates(org, made);
  if (!first) return true;
  const pin = pinFindings(
    org,
    made.map(({ row }) => row),
  );
  try {
    await org.change(auditEntry(org, made, changes), [first, ...others, ...effects.after], answer, [
      pin,
      ...effects.before,
    ]);
  } catch (error) {
    if (hasMovedOn(error)) return false;
    throw error;
  }
  if (moved.length > 0) await rankRecommendations(org);
  return true;
}

/** One statement for all that end up the same. */
const updates = (org: OrgContext, made: readonly Made[]): Statement[] =>
  [...Map.groupBy(made, ({ after }) => canonicalJson(after)).values()].map((own) =>
    org.db
      .update(findings)
      .set({ ...own[0]?.after, version: sql`${findings.version} + 1`, updatedAt: org.now.toISOString() })
      .where(
        and(
          eq(findings.orgId, org.id),
          sql`${findings.id} IN (SELECT value FROM json_each(${JSON.stringify(own.map(({ row }) => row.id))}))`,
        ),
      ),
  );

/** Members that were asked for, and whom it concerned: the first hundred by id. */
const auditEntry = (org: OrgContext, made: readonly Made[], changes: FindingChanges) =>
  ({
    action: "finding.update_many",
    target: { type: "organization", id: org.id },
    after: { ...changes, count: made.length, ids: made.slice(0, auditedMax).map(({ row }) => row.id) },
  }) as const;
