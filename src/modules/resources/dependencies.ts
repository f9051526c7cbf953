import type { Relation } from "#collectors/collector";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { cutPage, pageOfAll, rowsNeeded, textPosition, type Page, type PageRequest } from "#db/page";
import { notFound } from "#lib/fault";
import { targetIdOf } from "#scans/relations";
import { isUuid, resourceStatement, type ResourceRow } from "./resource.ts";

/** As much of a resource as stands at the other end of a dependency. */
export interface Linked {
  readonly id: string;
  readonly accountId: string;
  readonly awsAccountId: string;
  readonly resourceType: string;
  readonly service: string;
  readonly region: string;
  readonly arn: string | null;
  readonly name: string | null;
  readonly state: string | null;
}

export interface Dependency {
  readonly kind: string;
  readonly resourceType: string;
  /** As AWS names it: an ARN, or a DNS name. */
  readonly target: string;
  /** null: gone, another account's, or of a kind that is not collected. */
  readonly resource: Linked | null;
}

export interface Dependent {
  readonly kind: string;
  readonly resource: Linked;
}

const linked = (alias: string): string =>
  [
    ["id", "id"],
    ["account_id", "accountId"],
    ["aws_account_id", "awsAccountId"],
    ["resource_type", "resourceType"],
    ["service", "service"],
    ["region", "region"],
    ["arn", "arn"],
    ["name", "name"],
    ["state", "state"],
  ]
    .map(([column, name]) => `${alias}.${column} AS ${name}`)
    .join(", ");

/** SQL for the id of a resource named by UUID or ARN (parameter 2). */
const idOf = (ref: string): string =>
  isUuid(ref) ? "?2" : "(SELECT id FROM resources WHERE org_id = ?1 AND arn = ?2 ORDER BY id LIMIT 1)";

/** What a resource depends on, by kind and target. Fault: RESOURCE_NOT_FOUND. */
export async function listDependencies(org: OrgContext, page: PageRequest, ref: string): Promise<Page<Dependency>> {
  const [found, targets] = await org.db.atomic([resourceStatement(org, ref), targetsStatement(org, ref)]);
  // safe: each statement answers its own columns.
  const [row] = found as ResourceRow[];
  if (!row) throw notFound("resource");
  const known = new Map((targets as (Linked & { targetId: string })[]).map(({ targetId, ...one }) => [targetId, one]));
  const all = await Promise.all(
    // safe: relations are written from what collectors find.
    (row.relations as readonly Relation[]).map(async (relation): Promise<Dependency> => {
      const targetId = await targetIdOf(org.id, row.awsAccountId, relation);
      return { ...relation, resource: known.get(targetId) ?? null };
    }),
  );
  const positionOf = ({ kind, resourceType, target }: Dependency): string => [kind, resourceType, target].join(" ");
  return pageOfAll(page, all.toSorted(by(positionOf)), positionOf);
}

const by =
  <Row>(textOf: (row: Row) => string) =>
  (a: Row, b: Row): number =>
    textOf(a) < textOf(b) ? -1 : 1;

/** What is there of a resource's targets; of a DNS name, what answers there. */
const targetsStatement = (org: OrgContext, ref: string): Statement =>
  org.db.sql(
    `SELECT d.target_id AS targetId, ${linked("r")} FROM dependencies AS d
     CROSS JOIN resources AS r ON r.org_id = ?1 AND r.id = coalesce(
       (SELECT a.source_id FROM dependencies AS a WHERE a.org_id = ?1 AND a.target_id = d.target_id AND a.kind = 'answersAt' LIMIT 1), d.target_id)
     WHERE d.org_id = ?1 AND d.source_id = ${idOf(ref)} AND d.kind <> 'answersAt'`,
    org.id,
    ref,
  );

/**
 * What depends on a resource, by its id; also on one that is gone, for as long as anything does. Fault: RESOURCE_NOT_FOUND.
 */
export async function listDependents(org: OrgContext, page: PageRequest, ref: string): Promise<Page<Dependent>> {
  const itself = `dependencies AS d WHERE d.org_id = ?1 AND d.target_id = ${idOf(ref)}`;
  const names = `dependencies AS n CROSS JOIN dependencies AS d ON d.org_id = ?1 AND d.target_id = n.target_id
    WHERE n.org_id = ?1 AND n.source_id = ${idOf(ref)} AND n.kind = 'answersAt'`;
  const [found, direct, byName, counted] = await org.db.atomic([
    resourceStatement(org, ref),
    dependentsStatement(org, page, ref, itself),
    dependentsStatement(org, page, ref, names),
    ...(page.count || page.page !== null ? [totalStatement(org, ref, itself, names)] : []),
  ]);
  // safe: the statements answer their own columns.
  const rows = [...(direct as DependentRow[]), ...(byName as DependentRow[])];
  if (rows.length === 0 && (found as unknown[]).length === 0) throw notFound("resource");
  const backward = page.from?.backward ?? false;
  const inOrder = [...new Map(rows.map((row) => [keyOf(row), row])).values()].toSorted(by(keyOf));
  const [{ n: total } = { n: null }] = (counted as { n: number }[] | undefined) ?? [];
  const cut = cutPage(page, backward ? inOrder.toReversed() : inOrder, ({ id, kind }) => [id, kind]);
  return {
    ...cut,
    rows: cut.rows.map(({ kind, ...resource }) => ({ kind, resource })),
    total,
    totalExact: total === null ? null : true,
  };
}

type DependentRow = Linked & { readonly kind: string };
const keyOf = ({ id, kind }: DependentRow): string => `${id} ${kind}`;

/** `edges`: SQL that gives the edges `d`, from FROM on. */
function dependentsStatement(org: OrgContext, page: PageRequest, ref: string, edges: string): Statement {
  const [id = "", kind = ""] = textPosition(page, 2);
  const [order, beyond] = page.from?.backward ? ["DESC", "<"] : ["ASC", ">"];
  return org.db.sql(
    `SELECT e.kind, ${linked("r")} FROM
       (SELECT d.source_id, d.kind FROM ${edges} AND d.kind <> 'answersAt' AND (d.source_id, d.kind) ${beyond} (?3, ?4)
        ORDER BY d.source_id ${order}, d.kind ${order} LIMIT ?5) AS e
     CROSS JOIN resources AS r ON r.org_id = ?1 AND r.id = e.source_id`,
    org.id,
    ref,
    id,
    kind,
    rowsNeeded(page),
  );
}

const totalStatement = (org: OrgContext, ref: string, ...joins: readonly string[]): Statement =>
  org.db.sql(
    `SELECT count(*) AS n FROM (${joins
      .map((edges) => `SELECT d.source_id, d.kind FROM ${edges} AND d.kind <> 'answersAt'`)
      .join(" UNION ")})`,
    org.id,
    ref,
  );
