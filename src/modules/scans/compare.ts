import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { cutPage, rowsNeeded, textPosition, type Page, type PageRequest } from "#db/page";
import { Fault, notFound } from "#lib/fault";
import { versionJson, type Version } from "#scans/version";

/** One resource that is not the same in two scans of an account. */
export interface Difference {
  readonly id: string;
  readonly change: "added" | "removed" | "changed";
  /** As the later state has it; of what was removed, as it was last. */
  readonly version: Version;
  /** Where it changed, by path: `attributes.sizeGib`, `tags.env`. */
  readonly fields: readonly FieldChange[];
}

export interface FieldChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What `otherId` saw that `id` had not seen: resources added, removed and changed from the one scan to the other, by their
 * ids. Reads what began or ended between the two, not what there is. Faults: RESOURCE_NOT_FOUND; INVALID_REQUEST when the
 * scans are of different accounts.
 */
export async function compareScans(
  org: OrgContext,
  page: PageRequest,
  { id, otherId }: { id: string; otherId: string },
): Promise<Page<Difference>> {
  const [found, rows] = await org.db.atomic([scansStatement(org, id, otherId), touchedBetween(org, page, id, otherId)]);
  // safe: the statements' own columns.
  const isReversed = areReversed(found as ComparedScan[], id, otherId);
  const cut = cutPage(page, rows as Touched[], (row) => [row.id]);
  const differences = cut.rows.map(({ id: resourceId, early, late }) =>
    isReversed ? differenceOf(resourceId, late, early) : differenceOf(resourceId, early, late),
  );
  return { ...cut, rows: differences.filter((one) => one !== null), total: null, totalExact: null };
}

interface ComparedScan {
  readonly id: string;
  readonly accountId: string | null;
  readonly awsAccountId: string;
  readonly seq: number;
}

interface Touched {
  readonly id: string;
  readonly early: string | null;
  readonly late: string | null;
}

const scansStatement = (org: OrgContext, id: string, otherId: string): Statement =>
  org.db.sql(
    `SELECT id, account_id AS accountId, aws_account_id AS awsAccountId, seq FROM scans WHERE org_id = ?1 AND id IN (?2, ?3)`,
    org.id,
    id,
    otherId,
  );

/** Whether `id` is the later one. */
function areReversed(scans: readonly ComparedScan[], id: string, otherId: string): boolean {
  const [one, other] = [id, otherId].map((wanted) => scans.find((scan) => scan.id === wanted));
  if (!one || !other) throw notFound("scan");
  if (one.awsAccountId !== other.awsAccountId || one.accountId !== other.accountId) {
    throw new Fault("INVALID_REQUEST", "These scans are of two accounts. Compare two scans of one account.");
  }
  return one.seq > other.seq;
}

/** Every resource with a version that began or ended after the earlier scan, up to the later one; as both left it. */
function touchedBetween(org: OrgContext, page: PageRequest, id: string, otherId: string): Statement {
  const [position = ""] = textPosition(page, 1);
  const [order, beyond] = page.from?.backward ? ["DESC", "<"] : ["ASC", ">"];
  const of = "FROM scans WHERE org_id = ?1 AND id IN (?2, ?3)";
  const [first, last] = [`(SELECT min(seq) ${of})`, `(SELECT max(seq) ${of})`];
  const account = `(SELECT account_id ${of} LIMIT 1)`;
  const inAccount = `org_id = ?1 AND account_id = ${account}`;
  const between = (column: string): string => `${column} > ${first} AND ${column} <= ${last}`;
  const at = (seq: string): string =>
    `coalesce((SELECT ${versionJson("r")} FROM resources AS r WHERE r.org_id = ?1 AND r.account_id = ${account} AND r.id = t.id AND r.from_seq <= ${seq}),
       (SELECT v."row" FROM resource_versions AS v WHERE v.org_id = ?1 AND v.account_id = ${account} AND v.resource_id = t.id AND v.to_seq > ${seq} AND v.from_seq <= ${seq} LIMIT 1))`;
  return org.db.sql(
    `WITH touched AS (
       SELECT resource_id AS id FROM resource_versions INDEXED BY resource_versions_by_end WHERE ${inAccount} AND ${between("to_seq")}
       UNION SELECT resource_id FROM resource_versions INDEXED BY resource_versions_by_start WHERE ${inAccount} AND ${between("from_seq")}
       UNION SELECT id FROM resources INDEXED BY resources_by_start WHERE ${inAccount} AND ${between("from_seq")})
     SELECT t.id, ${at(first)} AS early, ${at(last)} AS late FROM touched AS t
     WHERE t.id ${beyond} ?4 ORDER BY t.id ${order} LIMIT ?5`,
    org.id,
    id,
    otherId,
    position,
    rowsNeeded(page),
  );
}

/** null: it came and went in between, or is as it was. */
function differenceOf(id: string, beforeJson: string | null, afterJson: string | null): Difference | null {
  // safe: versions are written by `versionJson`.
  const [before, after] = [beforeJson, afterJson].map((json) => (json === null ? null : (JSON.parse(json) as Version)));
  if (before && after) {
    const fields = changesOf(before, after);
    return fields.length === 0 ? null : { id, change: "changed", version: after, fields };
  }
  if (after) return { id, change: "added", version: after, fields: [] };
  return before ? { id, change: "removed", version: before, fields: [] } : null;
}

function changesOf(before: Version, after: Version): FieldChange[] {
  const [old, fresh] = [flatOf(before), flatOf(after)];
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].toSorted();
  return paths.flatMap((path) => {
    const [was, is] = [old.get(path) ?? null, fresh.get(path) ?? null];
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ path, before: was, after: is }];
  });
}

/** What a person reads of a version, by path. Lists are one value; what earlier releases did not keep is not compared. */
function flatOf({
  name,
  state,
  region,
  expires_at: expiresAt,
  relations,
  tags,
  attributes,
}: Version): Map<string, unknown> {
  return new Map([
    ["name", name],
    ["state", state],
    ["region", region],
    ["expiresAt", expiresAt ?? null],
    ...membersOf("tags", tags),
    ...membersOf("attributes", attributes),
    ...(relations ? [["relations", relations.map(({ kind, target }) => `${kind} ${target}`)] as const] : []),
  ]);
}

const membersOf = (name: string, members: Readonly<Record<string, unknown>>): (readonly [string, unknown])[] =>
  Object.entries(members).map(([member, value]) => [`${name}.${member}`, value]);
