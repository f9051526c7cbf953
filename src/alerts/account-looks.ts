import { jsonOrNull } from "#lib/json";
import { plainItem } from "./items.ts";
import { hoursAgo, limit, nowhere, type Look, type Row, type Seen } from "./look.ts";

const accountSeen = ({ id, name, awsAccountId }: Row, summary: string): Seen => ({
  subject: id,
  accountId: id,
  tags: {},
  item: plainItem({ kind: "account", id, title: name, summary, awsAccountId, accountName: name }),
});

const dollars = (usd: number): string => `${usd.toLocaleString("en-US", { maximumFractionDigits: 2 })} USD`;
/** Days that a bill may lag behind. */
const lagDays = 3;

/** SQL: the account `a` was billed for something once, but its last scan brought nothing newer. */
const isBlind = `(EXISTS (SELECT 1 FROM daily_costs AS d WHERE d.org_id = ?1 AND d.account_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM daily_costs AS d WHERE d.org_id = ?1 AND d.account_id = a.id AND d.day >= date(a.last_scan_at, '-${lagDays} days')))`;

const accountsAmong = (n: number): string => `(?${n} IS NULL OR a.id IN (SELECT value FROM json_each(?${n})))`;

/** What accounts, their scans and their bills say. */
export const accountLooks: { readonly [K in "spend_over" | "scan_ended" | "no_complete_scan"]: Look<K> } = {
  spend_over: {
    ask: (org, { accountId }) => [
      org.db.sql(
        accountId === null
          ? `SELECT '' AS id, '' AS name, '' AS awsAccountId, sum(a.monthly_spend) AS count, sum(${isBlind}) AS blind
             FROM accounts AS a WHERE a.org_id = ?1 AND ?2 IS NULL`
          : `SELECT a.id, a.name, a.aws_account_id AS awsAccountId, a.monthly_spend AS count, ${isBlind} AS blind
             FROM accounts AS a WHERE a.org_id = ?1 AND a.id = ?2`,
        org.id,
        accountId,
      ),
    ],
    read: ([rows = []], { usd, accountId }) =>
      rows.flatMap((row) => {
        const spent = row.count ?? 0;
        if (spent <= usd) return [];
        const summary = `${dollars(spent)} in 30 days; ${dollars(usd)} is accepted.`;
        if (accountId !== null) return [accountSeen(row, summary)];
        return [
          {
            ...nowhere,
            subject: "",
            item: plainItem({ kind: "organization", id: "", title: "Spend of all accounts", summary }),
          },
        ];
      }),
    unclear: ([rows = []]) => rows.flatMap(({ id, blind }) => (blind ? [id] : [])),
  },
  scan_ended: {
    ask: (org, { states, accountId }) => [
      org.db.sql(
        `SELECT a.id, a.name, a.aws_account_id AS awsAccountId, a.last_scan_state AS text, a.last_error AS at FROM accounts AS a
         WHERE a.org_id = ?1 AND a.last_scan_state IN (SELECT value FROM json_each(?2)) AND ${accountsAmong(3)} ORDER BY a.id ${limit}`,
        org.id,
        JSON.stringify(states),
        jsonOrNull(accountId),
      ),
    ],
    read: ([rows = []]) =>
      rows.map((row) =>
        accountSeen(
          row,
          row.text === "error"
            ? `The last scan failed: ${row.at ?? "unknown"}`
            : "The last scan could not see everything; its coverage says what and why.",
        ),
      ),
  },
  no_complete_scan: {
    ask: (org, { hours, accountId }) => [
      org.db.sql(
        `SELECT a.id, a.name, a.aws_account_id AS awsAccountId, a.last AS at FROM (
           SELECT a.id, a.name, a.aws_account_id, a.created_at, (SELECT s.completed_at FROM scans AS s INDEXED BY scans_complete
             WHERE s.org_id = ?1 AND s.account_id = a.id AND s.status = 'complete' AND s.services IS NULL AND s.regions IS NULL ORDER BY s.id DESC LIMIT 1) AS last
           FROM accounts AS a WHERE a.org_id = ?1 AND a.enabled = 1 AND ${accountsAmong(3)}) AS a
         WHERE coalesce(a.last, a.created_at) <= ?2 ORDER BY a.id ${limit}`,
        org.id,
        hoursAgo(org.now, hours),
        jsonOrNull(accountId),
      ),
    ],
    read: ([rows = []], { hours }) =>
      rows.map((row) =>
        accountSeen(
          row,
          row.at === null
            ? `No scan has been complete in ${hours} hours.`
            : `The last complete scan ended at ${row.at}.`,
        ),
      ),
  },
};
