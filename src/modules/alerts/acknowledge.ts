import { pinAlert } from "#alerts/rule";
import type { OrgContext } from "#db/context";
import { untilItHolds } from "#db/pin";
import { Fault, refuseStale } from "#lib/fault";
import { getAlert, wholeOf, wholeStatements, type WholeAlert } from "./alert.ts";

export interface Deciding {
  readonly id: string;
  readonly ifMatch: number | null;
  readonly note?: string | null | undefined;
}

/**
 * Somebody looks after it. Of what is new people are told all the same. One that is acknowledged already stays as it is. Faults:
 * RESOURCE_NOT_FOUND, PRECONDITION_FAILED; INVALID_TRANSITION when it is resolved.
 */
export const acknowledgeAlert = (org: OrgContext, { id, ifMatch, note = null }: Deciding): Promise<WholeAlert> =>
  untilItHolds(async () => {
    const before = await getAlert(org, id);
    const { status, version } = before.row;
    refuseStale("alert", version, ifMatch);
    if (status === "acknowledged") return before;
    if (status === "resolved")
      throw new Fault("INVALID_TRANSITION", "The alert is resolved: there is nothing left to acknowledge.");
    const update = org.db.sql(
      `UPDATE alerts SET status = 'acknowledged', acknowledged_by = ?3, acknowledged_at = ?4, note = coalesce(?5, note),
         version = version + 1, updated_at = ?4 WHERE org_id = ?1 AND id = ?2 RETURNING id`,
      org.id,
      id,
      org.actor.id,
      org.now.toISOString(),
      note,
    );
    const entry = {
      action: "alert.acknowledge",
      target: { type: "alert", id },
      before: { status },
      after: { status: "acknowledged", note },
    } as const;
    const now = org.now.toISOString();
    const acknowledged = {
      status: "acknowledged",
      acknowledgedBy: org.actor.id,
      acknowledgedAt: now,
      updatedAt: now,
    } as const;
    const after = {
      ...before,
      row: { ...before.row, ...acknowledged, note: note ?? before.row.note, version: version + 1 },
    };
    const answers = await org.change(entry, [update, ...wholeStatements(org, id)], after, [pinAlert(org, before.row)]);
    return wholeOf(answers.slice(1));
  });
