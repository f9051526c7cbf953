import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { notFound } from "#lib/fault";
import { targetIdOf } from "#scans/relations";
import type { Version } from "#scans/version";

import { sources } from "./as-of.ts";

export interface GraphFilters {
  readonly service?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
  readonly resourceType?: readonly string[] | undefined;
  /** Nodes at most, those at the other end of an edge not counted. */
  readonly limit: number;
}

/** What an account was made of at the end of a scan, to be drawn. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** There are more resources than were asked for. */
  readonly truncated: boolean;
}

interface Node {
  readonly id: string;
  readonly resourceType: string;
  /** null: only known as what something points at; it is gone, outside the filters or the limit, or another account's. */
  readonly service: string | null;
  readonly region: string | null;
  readonly name: string | null;
  /** An ARN, or a DNS name. */
  readonly label: string;
  readonly state: string | null;
}

interface Edge {
  readonly source: string;
  readonly target: string;
  readonly kind: string;
}

/** Fault: RESOURCE_NOT_FOUND. */
export async function getGraph(org: OrgContext, scanId: string, filters: GraphFilters): Promise<Graph> {
  const [scan, current, former] = await org.db.atomic([
    org.db.sql("SELECT aws_account_id AS awsAccountId FROM scans WHERE org_id = ?1 AND id = ?2", org.id, scanId),
    nodesStatement(org, scanId, filters, "current"),
    nodesStatement(org, scanId, filters, "former"),
  ]);
  // safe: the statements' own columns.
  const [{ awsAccountId } = { awsAccountId: null }] = scan as { awsAccountId: string }[];
  if (awsAccountId === null) throw notFound("scan");
  const rows = [...(current as FoundNode[]), ...(former as FoundNode[])].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const seen = rows.slice(0, filters.limit).map(({ id, row }) => ({ id, version: JSON.parse(row) as Version }));
  const links = (await Promise.all(seen.map((one) => linksOf(org, awsAccountId, one)))).flat();
  const named = await answering(org, links);
  const nodes = new Map(seen.map(({ id, version }): [string, Node] => [id, nodeOf(id, version)]));
  const edges = links.map(({ source, kind, target, resourceType, label }): Edge => {
    const end = named.get(target) ?? target;
    if (!nodes.has(end)) {
      nodes.set(end, { id: end, resourceType, service: null, region: null, name: null, label, state: null });
    }
    return { source, target: end, kind };
  });
  return { nodes: [...nodes.values()], edges, truncated: rows.length > filters.limit };
}

interface FoundNode {
  readonly id: string;
  readonly row: string;
}

interface Link extends Edge {
  readonly resourceType: string;
  readonly label: string;
}

const nodeOf = (id: string, version: Version): Node => ({
  id,
  resourceType: version.resource_type,
  service: version.service,
  region: version.region,
  name: version.name,
  label: version.arn ?? version.native_id,
  state: version.state,
});

const linksOf = (
  org: OrgContext,
  awsAccountId: string,
  { id, version }: { id: string; version: Version },
): Promise<Link[]> =>
  Promise.all(
    (version.relations ?? []).map(async ({ kind, resourceType, target }) => ({
      source: id,
      kind,
      resourceType,
      label: target,
      target: await targetIdOf(org.id, awsAccountId, { resourceType, target }),
    })),
  );

/** The resources that answer under the DNS names among the targets, as of now. */
async function answering(org: OrgContext, links: readonly Link[]): Promise<ReadonlyMap<string, string>> {
  const names = [...new Set(links.flatMap(({ resourceType, target }) => (resourceType === "DNS" ? [target] : [])))];
  if (names.length === 0) return new Map();
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT d.target_id AS name, d.source_id AS id FROM json_each(?2) AS n CROSS JOIN dependencies AS d
       WHERE d.org_id = ?1 AND d.target_id = n.value AND d.kind = 'answersAt'`,
      org.id,
      JSON.stringify(names),
    ),
  ]);
  // safe: the statement's own columns.
  return new Map((rows as { name: string; id: string }[]).map(({ name, id }) => [name, id]));
}

/** One more than fits, so that it is known whether there are more. */
function nodesStatement(
  org: OrgContext,
  scanId: string,
  { limit, ...filters }: GraphFilters,
  source: keyof typeof sources,
): Statement {
  const wanted = [filters.service, filters.region, filters.resourceType].map(
    (values) => values && JSON.stringify(values),
  );
  const isWanted = (column: (name: string) => string): string =>
    ["service", "region", "resource_type"]
      .map((name, at) => `(?${at + 4} IS NULL OR ${column(name)} IN (SELECT value FROM json_each(?${at + 4})))`)
      .join(" AND ");
  const [id, isAsked] =
    source === "current"
      ? ["id", isWanted((name) => name)]
      : ["resource_id", isWanted((name) => `("row" ->> '${name}')`)];
  const text = `${sources[source]} AND ${isAsked} ORDER BY ${id} LIMIT ?3`;
  return org.db.sql(text, org.id, scanId, limit + 1, ...wanted.map((json) => json ?? null));
}
