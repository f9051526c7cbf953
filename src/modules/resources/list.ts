import { gte, sql, type SQL } from "drizzle-orm";
import type { Counted } from "#db/count";
import type { OrgContext } from "#db/context";
import { listRows, type Filter } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { resources } from "#db/schema";
import { accountFilter, coverageStatement, serviceMeaning, sightsIn } from "#modules/accounts";
import { resourceOf, type Resource } from "./resource.ts";

export interface ResourceFilters {
  readonly accountId?: readonly string[] | undefined;
  readonly region?: readonly string[] | undefined;
  readonly service?: readonly string[] | undefined;
  readonly resourceType?: readonly string[] | undefined;
  readonly state?: readonly string[] | undefined;
  readonly cost?: "all" | "paid" | "free" | undefined;
  /** `key` or `key:value`. */
  readonly tag?: string | undefined;
  readonly q?: string | undefined;
  readonly updatedSince?: string | undefined;
}

const sortable = {
  id: resources.id,
  name: resources.name,
  service: resources.service,
  resourceType: resources.resourceType,
  region: resources.region,
  state: resources.state,
  estimatedMonthlyCost: resources.costMonthly,
  expiresAt: resources.expiresAt,
  createdAt: resources.createdAt,
  updatedAt: resources.updatedAt,
};
export const resourceSort = Object.keys(sortable);

/** A page of the resources, by id. */
export async function listResources(
  org: OrgContext,
  page: PageRequest,
  filters: ResourceFilters,
): Promise<Page<Resource>> {
  const account = await accountFilter(org, resources.accountId, filters.accountId);
  const kept = keptFilters(filters);
  const conditions = residual(filters);
  const spec = {
    table: resources,
    page,
    order: [],
    sortable,
    filters: [...account, ...kept.map(({ filter }) => filter)],
    conditions,
    counted: countedBy(filters, [...account.map((filter) => ({ dimension: "account", filter })), ...kept], conditions),
  };
  const found = await listRows(org, spec, [coverageStatement(org, filters.accountId)]);
  const sights = sightsIn(found.extra[0]);
  return { ...found, rows: found.rows.map((row) => resourceOf(row, sights)) };
}

interface KeptFilter {
  /** The dimension of the counters that keeps its totals. */
  readonly dimension: string;
  readonly filter: Filter;
}

/** Filters that an index follows and whose totals are kept. */
function keptFilters({ region, service, resourceType, state }: ResourceFilters): KeptFilter[] {
  const meaning = service && serviceMeaning(service);
  const types =
    meaning?.by === "resourceType"
      ? meaning.values.filter((type) => resourceType?.includes(type) ?? true)
      : resourceType;
  return [
    ...(types ? [{ dimension: "resourceType", filter: { column: resources.resourceType, values: types } }] : []),
    ...(meaning?.by === "service"
      ? [{ dimension: "service", filter: { column: resources.service, values: meaning.values } }]
      : []),
    ...(region ? [{ dimension: "region", filter: { column: resources.region, values: region } }] : []),
    ...(state ? [{ dimension: "state", filter: { column: resources.state, values: state } }] : []),
  ];
}

/** What no index follows. */
function residual({ cost, tag, q, updatedSince }: ResourceFilters): SQL[] {
  const { costMonthly, tags, name, nativeId, updatedAt } = resources;
  return [
    ...(cost === "paid" ? [sql`coalesce(${costMonthly}, 0) > 0`] : []),
    ...(cost === "free" ? [sql`coalesce(${costMonthly}, 0) = 0`] : []),
    ...(tag
      ? [sql`EXISTS (SELECT 1 FROM json_each(${tags}) AS t WHERE t.key = ${tag} OR t.key || ':' || t.value = ${tag})`]
      : []),
    ...(q
      ? [sql`(instr(lower(coalesce(${name}, '')), lower(${q})) > 0 OR instr(lower(${nativeId}), lower(${q})) > 0)`]
      : []),
    ...(updatedSince ? [gte(updatedAt, updatedSince)] : []),
  ];
}

/** Totals are kept for all and for one filter. */
function countedBy(
  { accountId = [] }: ResourceFilters,
  kept: readonly KeptFilter[],
  conditions: readonly SQL[],
): Counted | null {
  const [only, ...others] = kept;
  if (others.length > 0 || conditions.length > 0) return null;
  const counted = { subject: "resource", columns: ["total"] } as const;
  return only
    ? {
        ...counted,
        dimension: only.dimension,
        values: only.dimension === "account" ? accountId : only.filter.values.map(String),
      }
    : { ...counted, dimension: "all", values: [] };
}
