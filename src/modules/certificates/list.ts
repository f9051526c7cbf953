import { isNull, lte, sql, type SQL } from "drizzle-orm";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { OrgContext } from "#db/context";
import { listRows, type Filter } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { resources } from "#db/schema";
import { accountFilter, coverageStatement, sightsIn } from "#modules/accounts";
import { resourceOf, type Resource } from "#modules/resources";
import { certificateTypes, sources, type Source } from "./certificate.ts";

export interface CertificateFilters {
  readonly accountId?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
  readonly source?: readonly Source[] | undefined;
  readonly status?: readonly string[] | undefined;
  readonly expiresWithinDays?: number | undefined;
  /** False: requests that were never issued, which have no end. */
  readonly issued: boolean;
}

/** Rows of `resources` that have an end: there the column is never null, so that the index on it can be followed. */
const expiring = sqliteTable("resources", { expiresAt: text("expires_at").notNull() });

const dayMs = 86_400_000;

/** A page of the certificates, the first to end first; of those without an end, by id. */
export async function listCertificates(
  org: OrgContext,
  page: PageRequest,
  filters: CertificateFilters,
): Promise<Page<Resource>> {
  const account = await accountFilter(org, resources.accountId, filters.accountId);
  const { expiresAt } = expiring;
  const order = filters.issued
    ? { order: [{ column: expiresAt, descending: false }], sortable: { expiresAt } }
    : { order: [], sortable: { id: resources.id } };
  const spec = {
    table: resources,
    page,
    ...order,
    filters: [...keptFilters(filters), ...account],
    conditions: residual(org, filters),
  };
  const found = await listRows(org, spec, [coverageStatement(org, filters.accountId)]);
  const sights = sightsIn(found.extra[0]);
  return { ...found, rows: found.rows.map((row) => resourceOf(row, sights)) };
}

function keptFilters({ source = sources, region, status }: CertificateFilters): Filter[] {
  return [
    { column: resources.resourceType, values: source.map((one) => certificateTypes[one]) },
    ...(region ? [{ column: resources.region, values: region }] : []),
    ...(status ? [{ column: resources.state, values: status }] : []),
  ];
}

function residual(org: OrgContext, { issued, expiresWithinDays }: CertificateFilters): SQL[] {
  if (!issued) return [isNull(resources.expiresAt)];
  if (expiresWithinDays === undefined) return [sql`${resources.expiresAt} IS NOT NULL`];
  return [lte(resources.expiresAt, new Date(org.now.getTime() + expiresWithinDays * dayMs).toISOString())];
}
