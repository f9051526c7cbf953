import { versionJson } from "#scans/version";

/** The account and the number of a scan, looked up in the statement itself. */
const ofScan = (column: "account_id" | "seq"): string => `(SELECT ${column} FROM scans WHERE org_id = ?1 AND id = ?2)`;

/** What an account was made of as of a scan, ?1 the organization and ?2 the scan: what has not changed since, and what has. */
export const sources = {
  current: `SELECT id, from_seq AS fromSeq, ${versionJson("resources")} AS "row" FROM resources
    WHERE org_id = ?1 AND account_id = ${ofScan("account_id")} AND from_seq <= ${ofScan("seq")}`,
  former: `SELECT resource_id AS id, from_seq AS fromSeq, "row" FROM resource_versions
    WHERE org_id = ?1 AND account_id = ${ofScan("account_id")} AND from_seq <= ${ofScan("seq")} AND to_seq > ${ofScan("seq")}`,
} as const;
