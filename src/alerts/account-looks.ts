import { jsonOrNull } from "#lib/json";
import { plainItem } from "./items.ts";
import { hoursAgo, limit, nowhere, type Look, type Seen } from "./look.ts";

interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly awsAccountId: string;
}

/** `blind`: of how many accounts the bill is not seen any more. */
type SpendRow = AccountRow & { readonly spent: number | null; readonly blind: number | null };
type EndedRow = AccountRow & { readonly state: string; readonly error: string | null };
type LastRow = AccountRow & { readonly last: string | null };

const accountSeen = ({ id, name, awsAccountId }: AccountRow, summary: string): Seen => ({
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
export const accountLooks: {
  readonly spend_over: Look<"spend_over", readonly [readonly SpendRow[]]>;
  readonly scan_ended: Look<"scan_ended", readonly [readonly EndedRow[]]>;
  readonly no_complete_scan: Look<"no_complete_scan", readonly [readonly LastRow[]]>;
} = {
  spend_over: {
    ask: (org, { accountId }) => [
      org.db.sql(
        accountId === null
          ? `SELECT '' AS id, '' AS name, '' AS awsAccountId, sum(a.monthly_spend) AS spent, sum(${isBlind}) AS blind
             FROM accounts AS a WHERE a.org_id = ?1 AND ?2 IS NULL`
          : `SELECT a.id, a.name, a.aws_account_id AS awsAccountId, a.monthly_spend AS spent, ${isBlind} AS blind
             FROM accounts AS a WHERE a.org_id = ?1 AND a.id = ?2`,
        org.id,
        accountId,
      ),
    ],
    read: ([rows], { usd, accountId }) =>
      rows.flatMap((row) => {
        const spent = row.spent ?? 0;
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
    unclear: ([rows]) => rows.flatMap(({ id, blind }) => (blind ? [id] : [])),
  },
  scan_ended: {
    ask: (org, { states, accountId }) => [
      org.db.sql(
        `SELECT a.id, a.name, a.aws_account_id AS awsAccountId, a.last_scan_state AS state, a.last_error AS error FROM accounts AS a
         WHERE a.org_id = ?1 AND a.last_scan_state IN (SELECT value FROM json_each(?2)) AND ${accountsAmong(3)} ORDER BY a.id ${limit}`,
        org.id,
        JSON.stringify(states),
        jsonOrNull(accountId),
      ),
    ],
    read: ([rows]) =>
      rows.map((row) =>
        accountSeen(
          row,
          row.state === "error"
            ? `The last scan failed: ${row.error ?? "unknown"}`
            : "The last scan could not see everything; its coverage says what and why.",
        ),
      ),
  },
  no_complete_scan: {
    ask: (org, { hours, accountId }) => [
      org.db.sql(
        `SELECT a.id, a.name, a.aws_account_id AS awsAccountId, a.last FROM (
           SELECT a.id, a.name, a.aws_account_id, a.created_at, (SELECT s.completed_at FROM scans AS s INDEXED BY scans_complete
             WHERE s.org_id = ?1 AND s.account_id = a.id AND s.status = 'complete' AND s.services IS NULL AND s.regions IS NULL ORDER BY s.id DESC LIMIT 1) AS last
           FROM accounts AS a WHERE a.org_id = ?1 AND a.enabled = 1 AND ${accountsAmong(3)}) AS a
         WHERE coalesce(a.last, a.created_at) <= ?2 ORDER BY a.id ${limit}`,
        org.id,
        hoursAgo(org.now, hours),
        jsonOrNull(accountId),
      ),
    ],
    read: ([rows], { hours }) =>
      rows.map((row) =>
        accountSeen(
          row,
          row.last === null
            ? `No scan has been complete in ${hours} hours.`
            : `The last complete scan ended at ${row.last}.`,
        ),
      ),
  },
};
