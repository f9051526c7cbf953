import { kindOf, kinds, type Kind } from "#collectors/expiring";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { FindingFilter } from "#db/values";
import type { AboutChecks } from "#scans/about";
import { jsonOrNull } from "#lib/json";
import { accountLooks } from "./account-looks.ts";
import { filterSql, isConnected } from "./filter.ts";
import { gravest, itemsOf, plainItem } from "./items.ts";
import { hoursAgo, limit, nowhere, type Look, type Sighting, type StateCondition, type StateKind } from "./look.ts";
import { atWorst, scoreOf, type ScoreRow } from "./score.ts";
import { counted } from "./text.ts";

/** What meets the condition now. One round trip, or two. */
export async function lookNow(org: OrgContext, condition: StateCondition, about: AboutChecks): Promise<Sighting> {
  // safe: each is handed conditions of its own kind, and rows that its own statements answered.
  const look = looks[condition.kind] as Look<StateKind>;
  const answers = await org.db.atomic(look.ask(org, condition));
  const more = look.more?.(org, answers, condition) ?? [];
  if (more.length > 0) answers.push(...(await org.db.atomic(more)));
  return {
    seen: look.read(answers, condition, about, org.now),
    unclear: look.unclear?.(answers, condition, about) ?? [],
  };
}

/** The open findings that pass a filter, for SQL after FROM; parameter 2 is the filter, which one without members does not mention. */
export const openOnes = (filter: FindingFilter): string =>
  `findings AS f WHERE f.org_id = ?1 AND ${filterSql(filter, "?2")} AND ?2 <> ''`;

/** Members that are counted by themselves → dimension of the counters. */
const dimensions: Readonly<Partial<Record<string, string>>> = {
  severity: "severity",
  type: "type",
  category: "category",
  accountId: "account",
  service: "service",
  region: "region",
};

/** How many they are: from the counters where it asks for one thing. */
export function openCount(org: OrgContext, filter: FindingFilter): Statement {
  const [named, ...others] = Object.entries(filter).filter(([, value]) => value !== undefined);
  const dimension = named ? dimensions[named[0]] : "all";
  if (others.length > 0 || dimension === undefined)
    return org.db.sql(`SELECT count(*) AS count FROM ${openOnes(filter)}`, org.id, JSON.stringify(filter));
  return org.db.sql(
    `SELECT coalesce(sum(open), 0) AS count FROM counters
     WHERE org_id = ?1 AND subject = 'finding' AND dimension = ?2 AND value IN (SELECT value FROM json_each(?3))
       AND ${dimension === "account" ? isConnected("value") : "true"}`,
    org.id,
    dimension,
    JSON.stringify(named ? named[1] : [""]),
  );
}

interface ExpiringRow {
  readonly id: string;
  readonly name: string;
  readonly arn: string | null;
  readonly resourceType: string;
  readonly region: string;
  readonly expiresAt: string;
  readonly tags: string;
  readonly accountId: string;
  readonly awsAccountId: string;
  readonly accountName: string;
}

/** `accountIds`: of those that fail it, separated by commas; `accountName`: of one of them. */
interface FailedRow {
  readonly id: string;
  readonly name: string;
  readonly failures: number;
  readonly accountIds: string;
  readonly accountName: string;
}

interface FailingRow {
  readonly id: string;
  readonly name: string;
  readonly failingSince: string | null;
  readonly reason: string | null;
  readonly isDisabled: number;
}

const looks: typeof accountLooks & {
  readonly open_findings: Look<"open_findings", readonly [readonly { readonly count: number }[], unknown?]>;
  readonly score_below: Look<"score_below", readonly [readonly ScoreRow[]]>;
  readonly expiring: Look<"expiring", readonly [readonly ExpiringRow[]]>;
  readonly policy_failed: Look<"policy_failed", readonly [readonly FailedRow[]]>;
  readonly webhook_failing: Look<"webhook_failing", readonly [readonly FailingRow[]]>;
} = {
  ...accountLooks,
  open_findings: {
    ask: (org, { filter }) => [openCount(org, filter)],
    more: (org, [counts], { filter, moreThan }) =>
      (counts[0]?.count ?? 0) > moreThan ? [gravest(org, openOnes(filter), JSON.stringify(filter))] : [],
    read([counts, rows = []], { filter, moreThan }, about) {
      const count = counts[0]?.count ?? 0;
      if (count <= moreThan) return [];
      const summary = `${counted(count, "finding")} match; ${moreThan.toLocaleString("en-US")} are accepted.`;
      const item = plainItem({ kind: "organization", id: "", title: "Open findings", summary });
      return [{ ...nowhere, accountIds: filter.accountId, subject: "", item, also: itemsOf(rows, about) }];
    },
  },
  score_below: {
    ask: (org, { framework, accountId }) => [
      org.db.sql(
        `SELECT (SELECT checks FROM daily_verdicts WHERE org_id = ?1 AND account_id = ?3 ORDER BY day DESC LIMIT 1) AS verdicts,
           (SELECT controls FROM custom_frameworks WHERE org_id = ?1 AND id = ?2) AS controls,
           (SELECT json_group_array(json_object('id', id, 'severity', severity, 'framework', framework, 'control', control))
            FROM rules WHERE org_id = ?1 AND enabled = 1) AS rules,
           (SELECT aws_account_id FROM accounts WHERE org_id = ?1 AND id = ?3) AS awsAccountId`,
        org.id,
        framework,
        accountId ?? "",
      ),
    ],
    read([rows], { framework, score, accountId }, about) {
      const [row] = rows;
      const now = row ? scoreOf(row, framework, about) : null;
      if (!row || typeof now !== "number" || now >= score) return [];
      const { awsAccountId } = row;
      const summary = `The score is ${now}; ${score} is asked for.`;
      return [
        {
          ...nowhere,
          subject: framework,
          accountId,
          item: plainItem({ kind: "framework", id: framework, title: framework, summary, awsAccountId }),
        },
      ];
    },
    unclear([rows], { framework, score }, about) {
      const worst = rows.map((row) => scoreOf(row, framework, about, atWorst));
      return worst.some((one) => one === "unknown" || (one !== null && one < score)) ? [framework] : [];
    },
  },
  expiring: {
    ask: (org, { withinDays, kinds: named }) => [
      org.db.sql(
        `SELECT r.id, coalesce(r.name, r.arn, r.native_id) AS name, r.arn, r.resource_type AS resourceType, r.region, r.expires_at AS expiresAt, r.tags,
           r.account_id AS accountId, r.aws_account_id AS awsAccountId, a.name AS accountName
         FROM resources AS r CROSS JOIN accounts AS a ON a.org_id = ?1 AND a.id = r.account_id WHERE r.org_id = ?1 AND r.expires_at IS NOT NULL AND r.expires_at <= ?2
           AND (?3 IS NULL OR r.resource_type IN (SELECT value FROM json_each(?3)))
         ORDER BY r.expires_at, r.id ${limit}`,
        org.id,
        hoursAgo(org.now, -24 * withinDays),
        // safe: validated when the rule was written.
        jsonOrNull(named?.map((kind) => kinds[kind as Kind]) ?? null),
      ),
    ],
    read: ([rows], _, __, now) =>
      rows.map(({ id, name, arn, resourceType, region, expiresAt, tags, accountId, awsAccountId, accountName }) => ({
        subject: id,
        accountId,
        tags: JSON.parse(tags) as Record<string, string>,
        item: plainItem({
          kind: "resource",
          id,
          title: name,
          summary: `${(kindOf(resourceType) ?? resourceType).replaceAll("_", " ")} ${expiresAt <= now.toISOString() ? "ended" : "ends"} on ${expiresAt.slice(0, 10)}.`,
          awsAccountId,
          accountName,
          region,
          resourceName: name,
          resourceArn: arn,
        }),
      })),
  },
  policy_failed: {
    ask: (org, { policyId }) => [
      org.db.sql(
        `SELECT p.id, p.name, count(*) AS failures, min(a.name) AS accountName, group_concat(a.id) AS accountIds FROM policies AS p CROSS JOIN accounts AS a
         WHERE p.org_id = ?1 AND p.enabled = 1 AND (?2 IS NULL OR p.id IN (SELECT value FROM json_each(?2))) AND a.org_id = ?1
           AND (SELECT e.result FROM evaluations AS e INDEXED BY evaluations_by_scan
             WHERE e.org_id = ?1 AND e.scan_id = a.last_scan_id AND e.policy_id = p.id ORDER BY e.id DESC LIMIT 1) = 'fail'
         GROUP BY p.id ORDER BY p.id ${limit}`,
        org.id,
        jsonOrNull(policyId),
      ),
    ],
    read: ([rows]) =>
      rows.map(({ id, name, failures, accountName, accountIds }) => ({
        ...nowhere,
        accountIds: accountIds.split(","),
        subject: id,
        item: plainItem({
          kind: "policy",
          id,
          title: name,
          summary: `Failed by the last scan of ${failures === 1 ? accountName : counted(failures, "account")}.`,
        }),
      })),
  },
  webhook_failing: {
    ask: (org, { hours }) => [
      org.db.sql(
        `SELECT w.id, coalesce(w.name, w.url) AS name, w.failing_since AS failingSince, w.disabled_reason AS reason, w.status = 'disabled' AS isDisabled
         FROM webhooks AS w INDEXED BY webhooks_troubled
         WHERE w.org_id = ?1 AND (w.status = 'disabled' OR w.failing_since IS NOT NULL) AND (w.status = 'disabled' OR w.failing_since <= ?2)
         ORDER BY w.id ${limit}`,
        org.id,
        hoursAgo(org.now, hours),
      ),
    ],
    read: ([rows]) =>
      rows.map(({ id, name, failingSince, reason, isDisabled }) => ({
        ...nowhere,
        subject: id,
        item: plainItem({
          kind: "webhook",
          id,
          title: originOf(name),
          summary: isDisabled
            ? `Disabled${reason === null ? "" : `: ${reason}`}.`
            : `Has failed since ${failingSince ?? ""}.`,
        }),
      })),
  },
};

/** What stands behind the origin of a URL may be a secret. */
const originOf = (name: string): string => (URL.canParse(name) ? new URL(name).origin : name);
