import { gte, sql, type SQL } from "drizzle-orm";
import { severities, type Severity } from "#checks/check";
import type { Counted } from "#db/count";
import type { OrgContext } from "#db/context";
import { listRows, type Filter } from "#db/list";
import type { Page, PageRequest, SortField } from "#db/page";
import { findings, findingStatuses, type FindingStatus } from "#db/schema";
import { accountFilter, coverageStatement, serviceMeaning, sightsIn } from "#modules/accounts";
import { findingOf, type Finding } from "./finding.ts";

export interface FindingFilters {
  readonly status: readonly FindingStatus[];
  readonly severity?: readonly Severity[] | undefined;
  readonly type?: readonly string[] | undefined;
  readonly category?: readonly string[] | undefined;
  readonly accountId?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
  readonly service?: readonly string[] | undefined;
  readonly resourceType?: readonly string[] | undefined;
  readonly resourceId?: readonly string[] | undefined;
  readonly q?: string | undefined;
  readonly updatedSince?: string | undefined;
}

const sortable = {
  severity: findings.severityRank,
  firstDetectedAt: findings.firstDetectedAt,
  updatedAt: findings.updatedAt,
  type: findings.type,
  category: findings.category,
  region: findings.region,
  service: findings.service,
  resourceType: findings.resourceType,
  status: findings.status,
  estimatedMonthlySavings: findings.savingsMonthly,
};
export const findingSort = Object.keys(sortable);

const ownOrder = [
  { column: findings.severityRank, descending: true },
  { column: findings.firstDetectedAt, descending: true },
];

/** A page of the findings, the most severe and then the newest first. */
export async function listFindings(
  org: OrgContext,
  page: PageRequest,
  filters: FindingFilters,
): Promise<Page<Finding>> {
  const account = await accountFilter(org, findings.accountId, filters.accountId);
  const kept = [
    ...account.map((filter) => ({ dimension: "account", names: filters.accountId ?? [], filter })),
    ...keptFilters(filters),
  ];
  const conditions = residual(filters);
  const resource = filters.resourceId ? [{ column: findings.resourceId, values: filters.resourceId }] : [];
  const spec = {
    table: findings,
    page: { ...page, sort: alongIndex(page.sort) },
    order: ownOrder,
    sortable,
    filters: [{ column: findings.status, values: filters.status }, ...resource, ...kept.map(({ filter }) => filter)],
    conditions,
    counted: resource.length === 0 && conditions.length === 0 ? countedBy(filters, kept) : null,
  };
  const found = await listRows(org, spec, [coverageStatement(org, filters.accountId)]);
  const sights = sightsIn(found.extra[0]);
  return { ...found, rows: found.rows.map((row) => findingOf(row, sights)) };
}

/** Within a severity the order is free, so it is the one the indexes have: `severity` alone then costs what the list's own order costs. */
function alongIndex(sort: readonly SortField[]): readonly SortField[] {
  const [only, ...others] = sort;
  if (only?.field !== "severity" || others.length > 0) return sort;
  return [only, { field: "firstDetectedAt", descending: only.descending }];
}

interface KeptFilter {
  /** The dimension of the counters that keeps its totals. */
  readonly dimension: string;
  /** Its values as the counters know them. */
  readonly names: readonly string[];
  readonly filter: Filter;
}

/** Filters that an index follows and whose totals are kept. */
function keptFilters({ severity, type, category, region, service, resourceType }: FindingFilters): KeptFilter[] {
  const meaning = service && serviceMeaning(service);
  const types =
    meaning?.by === "resourceType" ? meaning.values.filter((one) => resourceType?.includes(one) ?? true) : resourceType;
  const by = (dimension: string, column: Filter["column"], names: readonly string[] | undefined): KeptFilter[] =>
    names ? [{ dimension, names, filter: { column, values: names } }] : [];
  return [
    ...by("type", findings.type, type),
    ...by("resourceType", findings.resourceType, types),
    ...by("service", findings.service, meaning?.by === "service" ? meaning.values : undefined),
    ...by("category", findings.category, category),
    ...by("region", findings.region, region),
    ...(severity ? [ofSeverity(severity)] : []),
  ];
}

/** Rows hold severities by rank, the counters by name. */
const ofSeverity = (names: readonly Severity[]): KeptFilter => ({
  dimension: "severity",
  names,
  filter: { column: findings.severityRank, values: names.map((name) => severities.indexOf(name)) },
});

/** What no index follows. */
function residual({ q, updatedSince }: FindingFilters): SQL[] {
  const { summary, resourceName, updatedAt } = findings;
  return [
    ...(q
      ? [
          sql`(instr(lower(${summary}), lower(${q})) > 0 OR instr(lower(coalesce(${resourceName}, '')), lower(${q})) > 0)`,
        ]
      : []),
    ...(updatedSince ? [gte(updatedAt, updatedSince)] : []),
  ];
}

/** Totals are kept by status for all and for one filter. */
function countedBy({ status }: FindingFilters, kept: readonly KeptFilter[]): Counted | null {
  const [only, ...others] = kept;
  if (others.length > 0) return null;
  const columns = findingStatuses.filter((one) => status.includes(one));
  if (!only) return { subject: "finding", columns, dimension: "all", values: [] };
  return {
    subject: "finding",
    columns,
    dimension: only.dimension,
    values: only.names,
  };
}
