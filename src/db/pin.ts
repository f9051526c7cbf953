import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";

/** A row as it was read. */
export interface Pinned {
  readonly id: string;
  readonly version: number;
}

/**
 * For the beginning of a batch that was worked out from these findings: it writes nothing, and fails the whole batch when one
 * of them is no longer what it was. "moved on", which stands in for the missing ones, is no JSON path, and SQLite says so.
 */
export const pinFindings = (org: OrgContext, rows: readonly Pinned[]): Statement =>
  org.db.sql(
    `SELECT json_extract('{}', CASE WHEN (SELECT count(*) FROM json_each(?2) AS p CROSS JOIN findings AS f
       WHERE f.org_id = ?1 AND f.id = p.value ->> 0 AND f.version = p.value ->> 1) = ?3 THEN '$' ELSE 'moved on' END)`,
    org.id,
    JSON.stringify(rows.map(({ id, version }) => [id, version])),
    rows.length,
  );

/** Whether a batch was refused because what it was worked out from has moved on: nothing of it was written. */
export const hasMovedOn = (error: unknown): boolean =>
  String((error as Error | undefined)?.message).includes("moved on");
