import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";

const severities = ["low", "medium", "high", "critical"] as const;

/** What stood on a day. */
const standing = [...severities.map((severity) => `open_${severity}`), "resources", "savings", "spend"].join(", ");
const told = standing.replaceAll(/\w+/g, "excluded.$&");

/** The day's row, changed only where something is different. */
const kept = `ON CONFLICT (org_id, account_id, day) DO UPDATE SET (${standing}, updated_at) = (${told}, excluded.updated_at)
  WHERE (${standing}) IS NOT (${told})`;

/**
 * How an account, or each of them, stands today, and with it the organization: from counters and recommendations, which are equal
 * to the rows. Two statements; reads a row for each account and recommendation.
 */
export const rollUpStats = (org: OrgContext, accountId: string | null): Statement[] => [
  org.db.sql(
    `INSERT INTO daily_stats (org_id, account_id, day, ${standing}, updated_at)
     SELECT ?1, a.id, substr(?2, 1, 10), ${severities.map((severity) => `coalesce(sum(r.${severity}), 0)`).join(", ")},
       coalesce((SELECT total FROM counters WHERE org_id = ?1 AND subject = 'resource' AND dimension = 'account' AND value = a.id), 0),
       coalesce((SELECT open FROM counters WHERE org_id = ?1 AND subject = 'saving' AND dimension = 'account' AND value = a.id), 0),
       a.monthly_spend, ?2
     FROM accounts AS a LEFT JOIN recommendations AS r ON r.org_id = ?1 AND r.account_id = a.id
     WHERE a.org_id = ?1 ${accountId === null ? "" : "AND a.id = ?3"} GROUP BY a.id ${kept}`,
    org.id,
    org.now.toISOString(),
    ...(accountId === null ? [] : [accountId]),
  ),
  org.db.sql(
    `INSERT INTO daily_stats (org_id, account_id, day, ${standing}, updated_at)
     SELECT ?1, '', substr(?2, 1, 10), ${severities.map((severity) => countedAs("finding", "severity", "open", severity)).join(", ")},
       ${countedAs("resource", "all", "total", "")}, ${countedAs("saving", "all", "open", "")},
       (SELECT round(sum(monthly_spend), 2) FROM accounts WHERE org_id = ?1), ?2
     WHERE true ${kept}`,
    org.id,
    org.now.toISOString(),
  ),
];

const countedAs = (subject: string, dimension: string, column: string, value: string): string =>
  `coalesce((SELECT ${column} FROM counters WHERE org_id = ?1 AND subject = '${subject}' AND dimension = '${dimension}' AND value = '${value}'), 0)`;

/** Findings that changed hands in a batch. */
export interface Happened {
  readonly opened: readonly { readonly severity: string }[];
  readonly resolved: readonly { readonly severity: string }[];
}

/** Adds what happened in an account to its day, and to the organization's: for the batch in which it happens. Nothing where nothing did. */
export function countHappened(org: OrgContext, accountId: string, { opened, resolved }: Happened): Statement[] {
  if (opened.length + resolved.length === 0) return [];
  const counts = new Map<string, number>();
  const add = (kind: string, severity: string): unknown =>
    counts.set(`${kind}_${severity}`, (counts.get(`${kind}_${severity}`) ?? 0) + 1);
  for (const { severity } of opened) add("opened", severity);
  for (const { severity } of resolved) add("resolved", severity);
  const columns = ["opened", "resolved"]
    .flatMap((kind) => severities.map((severity) => `${kind}_${severity}`))
    .filter((column) => counts.has(column));
  return [
    org.db.sql(
      `INSERT INTO daily_stats (org_id, account_id, day, updated_at, ${columns.join(", ")})
       SELECT ?1, a.value, substr(?3, 1, 10), ?3, ${columns.map((column) => counts.get(column)).join(", ")} FROM json_each(json_array(?2, '')) AS a WHERE true
       ON CONFLICT (org_id, account_id, day) DO UPDATE SET updated_at = excluded.updated_at,
         ${columns.map((column) => `${column} = ${column} + excluded.${column}`).join(", ")}`,
      org.id,
      accountId,
      org.now.toISOString(),
    ),
  ];
}
