import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { cutPage, rowsNeeded, textPosition, type Page, type PageRequest } from "#db/page";
import { Fault, notFound } from "#lib/fault";

import { sources } from "./as-of.ts";

/** A resource as it was when a scan had ended. */
export interface Component {
  readonly id: string;
  readonly fromSeq: number;
  /** It is still so. */
  readonly current: boolean;
  /** Columns of `resources` by their names, as JSON. */
  readonly row: unknown;
}

interface Found {
  readonly id: string;
  readonly fromSeq: number;
  readonly row: string;
}

/** Numbered pages read everything before them, twice. */
const deepestRow = 10_000;

/**
 * The resources as of one scan, by id: what has not changed since, and what has as it was before. Empty once the account
 * is disconnected. Fault: RESOURCE_NOT_FOUND.
 */
export async function listComponents(org: OrgContext, page: PageRequest, scanId: string): Promise<Page<Component>> {
  if ((page.page ?? 1) * page.limit > deepestRow) {
    throw new Fault("INVALID_REQUEST", `Numbered pages reach ${deepestRow} rows deep. Go on with \`cursor\` instead.`);
  }
  const wantsTotal = page.count || page.page !== null;
  const [scan, current, former, counted] = await org.db.atomic([
    org.db.sql("SELECT id FROM scans WHERE org_id = ?1 AND id = ?2", org.id, scanId),
    pageOf(org, page, scanId, "current"),
    pageOf(org, page, scanId, "former"),
    ...(wantsTotal ? [totalStatement(org, scanId)] : []),
  ]);
  if ((scan as unknown[]).length === 0) throw notFound("scan");
  // safe: the statements above select these members.
  const rows = [...components(current as Found[], true), ...components(former as Found[], false)];
  const total = (counted as [{ n: number }] | undefined)?.[0].n ?? null;
  const backward = page.from?.backward ?? false;
  const merged = rows.toSorted((a, b) => (a.id < b.id === backward ? 1 : -1));
  return { ...cutPage(page, merged, ({ id }) => [id]), total, totalExact: total === null ? null : true };
}

function pageOf(org: OrgContext, page: PageRequest, scanId: string, source: keyof typeof sources): Statement {
  const [after = ""] = textPosition(page, 1);
  const backward = page.from?.backward ?? false;
  const column = source === "current" ? "id" : "resource_id";
  return org.db.sql(
    `${sources[source]} AND ${column} ${backward ? "<" : ">"} ?3 ORDER BY ${column} ${backward ? "DESC" : "ASC"} LIMIT ?4`,
    org.id,
    scanId,
    after,
    rowsNeeded(page),
  );
}

const totalStatement = (org: OrgContext, scanId: string): Statement =>
  org.db.sql(
    `SELECT (SELECT count(*) FROM (${sources.current})) + (SELECT count(*) FROM (${sources.former})) AS n`,
    org.id,
    scanId,
  );

const components = (rows: readonly Found[], current: boolean): Component[] =>
  rows.map(({ id, fromSeq, row }) => ({ id, fromSeq, current, row: JSON.parse(row) as unknown }));
