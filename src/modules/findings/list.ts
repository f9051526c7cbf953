import { gte, isNotNull, lt, sql, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { severities, type Severity } from "#checks/check";
import type { Counted } from "#db/count";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { listRows, type Filter, type PageWith } from "#db/list";
import type { Page, PageRequest, SortField } from "#db/page";
import { findings, findingStatuses, type FindingStatus } from "#db/schema";
import { accountFilter, coverageStatement, serviceMeaning, sightsIn } from "#modules/accounts";
import { aboutChecks } from "#scans/about";
import { typesOf } from "./controls.ts";
import { findingOf, type Finding, type FindingRow } from "./finding.ts";

export interface FindingFilters {
  /** Left out: open; of a suppression all it has. */
  readonly status?: readonly FindingStatus[] | undefined;
  readonly severity?: readonly Severity[] | undefined;
  readonly type?: readonly string[] | undefined;
  readonly category?: readonly string[] | undefined;
  readonly accountId?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
  readonly service?: readonly string[] | undefined;
  readonly resourceType?: readonly string[] | undefined;
  readonly resourceId?: readonly string[] | undefined;
  readonly suppressionId?: readonly string[] | undefined;
  readonly assignee?: readonly string[] | undefined;
  readonly framework?: readonly string[] | undefined;
  /** `<framework>:<control>`. */
  readonly control?: readonly string[] | undefined;
  readonly exposure?: readonly string[] | undefined;
  readonly environment?: readonly string[] | undefined;
  readonly dueBefore?: string | undefined;
  /** USD a month. */
  readonly minSavings?: number | undefined;
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
  dueAt: findings.dueAt,
  riskScore: findings.riskLog,
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
  const found = await findingRows(org, page, filters, [coverageStatement(org, filters.accountId)]);
  const sights = sightsIn(found.extra[0]);
  return { ...found, rows: found.rows.map((row) => findingOf(row, sights)) };
}

/** The same as they are stored; `also` is answered in the same round trip. */
export async function findingRows(
  org: OrgContext,
  page: PageRequest,
  filters: FindingFilters,
  also: readonly Statement[],
): Promise<PageWith<FindingRow>> {
  const account = await accountFilter(org, findings.accountId, filters.accountId);
  const kept = [
    ...account.map((filter) => ({ dimension: "account", names: filters.accountId ?? [], filter })),
    ...keptFilters({ ...filters, type: await typesAsked(org, filters) }),
  ];
  const conditions = residual(filters);
  const indexed = [
    ...statusFilter(filters),
    ...by(findings.resourceId, filters.resourceId),
    ...by(findings.suppressionId, filters.suppressionId),
    ...by(findings.assignee, filters.assignee),
  ];
  const isCounted = indexed.every(({ column }) => column === findings.status) && conditions.length === 0;
  const spec = {
    table: findings,
    page: { ...page, sort: alongIndex(page.sort) },
    order: ownOrder,
    sortable,
    filters: [...indexed, ...kept.map(({ filter }) => filter)],
    conditions,
    counted: isCounted ? countedBy(statusesOf(filters), kept) : null,
  };
  return listRows(org, spec, also);
}

const by = (column: Filter["column"], values: readonly string[] | undefined): Filter[] =>
  values ? [{ column, values }] : [];

const statusesOf = ({ status, suppressionId }: FindingFilters): readonly FindingStatus[] =>
  status ?? (suppressionId ? findingStatuses : ["open"]);

/** What a suppression has is ignored: its own index needs no status. */
const statusFilter = (filters: FindingFilters): Filter[] =>
  filters.suppressionId ? [] : [{ column: findings.status, values: statusesOf(filters) }];

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
function keptFilters(filters: FindingFilters): KeptFilter[] {
  const { severity, category, region, service, resourceType } = filters;
  const meaning = service && serviceMeaning(service);
  const types =
    meaning?.by === "resourceType" ? meaning.values.filter((one) => resourceType?.includes(one) ?? true) : resourceType;
  const kept = (dimension: string, column: Filter["column"], names: readonly string[] | undefined): KeptFilter[] =>
    names ? [{ dimension, names, filter: { column, values: names } }] : [];
  return [
    ...kept("type", findings.type, filters.type),
    ...kept("resourceType", findings.resourceType, types),
    ...kept("service", findings.service, meaning?.by === "service" ? meaning.values : undefined),
    ...kept("category", findings.category, category),
    ...kept("region", findings.region, region),
    ...(severity ? [ofSeverity(severity)] : []),
  ];
}

/** Controls and frameworks stand for the checks that are evidence for them. Faults: INVALID_REQUEST, UNAVAILABLE. */
async function typesAsked(
  org: OrgContext,
  { type, control, framework }: FindingFilters,
): Promise<readonly string[] | undefined> {
  if (!control && !framework) return type;
  const serving = typesOf(await aboutChecks(org.env), control, framework);
  return type ? serving.filter((one) => type.includes(one)) : serving;
}

/** Rows hold severities by rank, the counters by name. */
const ofSeverity = (names: readonly Severity[]): KeptFilter => ({
  dimension: "severity",
  names,
  filter: { column: findings.severityRank, values: names.map((name) => severities.indexOf(name)) },
});

/** What no index follows, and what tells SQLite that a partial one may be followed. */
function residual(filters: FindingFilters): SQL[] {
  const { q, updatedSince, exposure, environment, dueBefore, minSavings, assignee, suppressionId, status } = filters;
  const { summary, resourceName } = findings;
  return [
    ...(q
      ? [
          sql`(instr(lower(${summary}), lower(${q})) > 0 OR instr(lower(coalesce(${resourceName}, '')), lower(${q})) > 0)`,
        ]
      : []),
    ...(updatedSince ? [gte(findings.updatedAt, updatedSince)] : []),
    ...(exposure ? [oneOf(findings.exposure, exposure)] : []),
    ...(environment ? [oneOf(findings.environment, environment)] : []),
    ...(dueBefore ? [lt(findings.dueAt, dueBefore)] : []),
    ...(minSavings === undefined ? [] : [gte(findings.savingsMonthly, minSavings)]),
    ...(assignee ? [isNotNull(findings.assignee)] : []),
    ...(suppressionId ? [isNotNull(findings.suppressionId)] : []),
    ...(suppressionId && status ? [oneOf(findings.status, status)] : []),
  ];
}

const oneOf = (column: SQLiteColumn, values: readonly string[]): SQL =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;

/** Totals are kept by status for all and for one filter. */
function countedBy(status: readonly FindingStatus[], kept: readonly KeptFilter[]): Counted | null {
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
