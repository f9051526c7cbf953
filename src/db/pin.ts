import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";

/** A row as it was read. */
export interface Pinned {
  readonly id: string;
  readonly version: number;
}

/**
 * For the beginning of a batch that was worked out from what was read: it writes nothing, and fails the whole batch when the
 * condition (SQL; parameter 1 is the organization) no longer holds. "moved on", which then stands there, is no JSON path, and
 * SQLite says so.
 */
export const pin = (org: OrgContext, condition: string, ...params: readonly unknown[]): Statement =>
  org.db.sql(`SELECT json_extract('{}', CASE WHEN ${condition} THEN '$' ELSE 'moved on' END)`, org.id, ...params);

/** These findings are as they were read. */
export const pinFindings = (org: OrgContext, rows: readonly Pinned[]): Statement =>
  pin(
    org,
    `(SELECT count(*) FROM json_each(?2) AS p CROSS JOIN findings AS f
       WHERE f.org_id = ?1 AND f.id = p.value ->> 0 AND f.version = p.value ->> 1) = ?3`,
    JSON.stringify(rows.map(({ id, version }) => [id, version])),
    rows.length,
  );

/** Whether a batch was refused because what it was worked out from has moved on: nothing of it was written. */
export const hasMovedOn = (error: unknown): boolean =>
  String((error as Error | undefined)?.message).includes("moved on");

/** Does it again while what it was worked out from moves on; in the end that is thrown. */
export async function untilItHolds<T>(attempt: () => Promise<T>, triesMax = 20): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!hasMovedOn(error) || tries >= triesMax) throw error;
    }
  }
}

/** What a batch says that was worked out from what is no longer so. */
export class MovedOn extends Error {
  override readonly name = "MovedOn";
  constructor() {
    super("moved on");
  }
}
