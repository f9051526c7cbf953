import type { FindingFilter } from "#db/values";

const columns = {
  severity: "severity",
  type: "type",
  category: "category",
  accountId: "account_id",
  service: "service",
  region: "region",
} as const satisfies Partial<Record<keyof FindingFilter, string>>;

/** SQL: this id is one of an account that is there. What was found in one that was disconnected goes slice by slice. No index is chosen by it. */
export const isConnected = (id: string): string => `+${id} IN (SELECT id FROM accounts WHERE org_id = ?1)`;

/** What a filter asks of an open finding `f`; `json` is SQL for the filter. */
export function filterSql(filter: FindingFilter, json: string): string {
  const named = Object.entries(columns).flatMap(([member, column]) =>
    filter[member as keyof typeof columns] === undefined
      ? []
      : [`f.${column} IN (SELECT value FROM json_each(${json} -> '${member}'))`],
  );
  return [
    "f.status = 'open'",
    isConnected("f.account_id"),
    ...named,
    ...(filter.tags === undefined ? [] : [tagsSql(json)]),
  ].join(" AND ");
}

/** No tag is asked for that its resource has not; null stands for any value. */
const tagsSql = (json: string): string =>
  `NOT EXISTS (SELECT 1 FROM json_each(${json} -> 'tags') AS w WHERE NOT EXISTS (
     SELECT 1 FROM resources AS r CROSS JOIN json_each(r.tags) AS t
     WHERE r.org_id = ?1 AND r.id = f.resource_id AND t.key = w.key AND (w.type = 'null' OR t.value = w.value)))`;
