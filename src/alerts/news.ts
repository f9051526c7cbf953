import type { OrgContext } from "#db/context";
import { MovedOn } from "#db/pin";
import type { Statement } from "#db/database";
import type { StoredSeverity } from "#db/values";
import type { AboutChecks } from "#scans/about";
import { gravest, itemsOf } from "./items.ts";
import { subjectsMax, type Seen } from "./look.ts";
import { findingNews, stateNews, type News } from "./message.ts";
import type { Telling } from "./plan.ts";
import type { AlertRule } from "./rule.ts";

/** What is known beside what the rule has gathered. */
export interface Known {
  /** What meets the condition now; null: the rule is fed by events. */
  readonly seen: readonly Seen[] | null;
  readonly about: AboutChecks;
}

/** Members of a group that wait to be told, for SQL after FROM: parameters 1 to 4. */
const waiting = `json_each(?4) AS o CROSS JOIN alert_members AS m INDEXED BY alert_members_fresh`;
const isWaiting = `m.org_id = ?1 AND m.rule_id = ?2 AND m.told = 0 AND m.occasion = o.value AND m.group_key = ?3`;
const isFinding = `${isWaiting} AND f.org_id = ?1 AND f.id = m.subject`;

/** What is asked of one group; as many statements for each of a rule. */
export function newsStatements(org: OrgContext, rule: AlertRule, { group, occasions, alert }: Telling): Statement[] {
  const params = [rule.id, group, JSON.stringify(occasions)] as const;
  const active = org.db.sql(
    "SELECT count(*) AS active FROM alert_members WHERE org_id = ?1 AND alert_id = ?2 AND told = 1",
    org.id,
    alert?.id ?? "",
  );
  if (rule.condition.kind !== "findings")
    return [active, org.db.sql(`SELECT m.subject FROM ${waiting} WHERE ${isWaiting}`, org.id, ...params)];
  return [
    active,
    org.db.sql(
      `SELECT f.severity, count(*) AS findings, sum(m.alert_id = ?5) AS again, group_concat(DISTINCT f.account_id) AS accounts
       FROM ${waiting} CROSS JOIN findings AS f WHERE ${isFinding} GROUP BY f.severity`,
      org.id,
      ...params,
      alert?.id ?? null,
    ),
    gravest(org, `${waiting} CROSS JOIN findings AS f WHERE ${isFinding}`, ...params),
  ];
}

/** What they answered. Throws `MovedOn` when something is told that was not seen. */
export function readNews(
  rule: AlertRule,
  { seen, about }: Known,
  [counts, first, rows]: readonly unknown[],
): { readonly news: News; readonly active: number; readonly accountIds: readonly string[] | null } {
  // safe: the statements' own columns.
  const active = (counts as { active: number }[])[0]?.active ?? 0;
  if (seen === null) {
    const found = first as { severity: StoredSeverity; findings: number; again: number | null; accounts: string }[];
    const counts = Object.fromEntries(found.map(({ severity, findings }) => [severity, findings]));
    const again = found.reduce((sum, row) => sum + (row.again ?? 0), 0);
    const news = findingNews(rule, counts, itemsOf(rows, about), again);
    return { news, active, accountIds: distinct(found.flatMap(({ accounts }) => accounts.split(","))) };
  }
  const waits = new Set((first as { subject: string }[]).map(({ subject }) => subject));
  const fresh = seen.filter(({ subject }) => waits.has(subject));
  if (fresh.length !== waits.size) throw new MovedOn();
  const accountIds = distinct(fresh.flatMap(accountsOf));
  return { news: stateNews(rule, fresh, seen.length > subjectsMax), active, accountIds };
}

const accountsOf = ({ accountId, accountIds }: Seen): readonly (string | null)[] => accountIds ?? [accountId];

/** Null: one of it is about no account in particular. */
const distinct = (ids: readonly (string | null)[]): readonly string[] | null =>
  ids.every((id) => id !== null) ? [...new Set(ids)] : null;
