import { and, eq, sql } from "drizzle-orm";
import { endingOf, endingStatements } from "#alerts/end";
import { listensTo, pinVersion, type AlertRule } from "#alerts/rule";
import { wakeAlerts } from "#alerts/wake";
import { askedOf, startAlertClock } from "#db/alert-clock";
import type { Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { nudgeDeliveries } from "#db/outbox";
import { untilItHolds } from "#db/pin";
import { alertRules } from "#db/schema";
import { notFound, refuseStale } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { resolved } from "./resolved.ts";
import { audited, getAlertRule, nameTaken, pinChannels, ruleStatement } from "./rule.ts";
import { inputOf, NewAlertRule, wholes, type AlertRuleInput } from "./shapes.ts";

/** Replaces an alert rule. Faults: RESOURCE_NOT_FOUND, INVALID_REQUEST, PRECONDITION_FAILED, CONFLICT. */
export const replaceAlertRule = (org: OrgContext, naming: Naming, input: AlertRuleInput): Promise<AlertRule> =>
  change(org, naming, (before) => resolved(org, input, inputOf(before)));

/** Merges a patch (RFC 7396) into an alert rule. Faults: those of `replaceAlertRule`. */
export const changeAlertRule = (org: OrgContext, naming: Naming, patch: unknown): Promise<AlertRule> =>
  change(org, naming, (before) => {
    const known = inputOf(before);
    return resolved(org, patched(NewAlertRule, known, patch, wholes), known);
  });

/** One batch that names what it was worked out from; it is worked out anew when that has moved on. */
async function change(
  org: OrgContext,
  { id, ifMatch }: Naming,
  wanted: (before: AlertRule) => Promise<AlertRuleInput>,
): Promise<AlertRule> {
  const { row, events } = await untilItHolds(async () => {
    const [found, ...open] = await org.db.atomic([ruleStatement(org, id), ...endingStatements(org, id)]);
    // safe: the statement answers rows of the table.
    const [before] = found as AlertRule[];
    if (!before) throw notFound("alert rule");
    refuseStale("alert rule", before.version, ifMatch);
    return write(org, before, await wanted(before), open);
  });
  await nudgeDeliveries(org, events);
  org.waitUntil(wakeAlerts(org));
  return row;
}

async function write(
  org: OrgContext,
  before: AlertRule,
  input: AlertRuleInput,
  open: readonly unknown[],
): Promise<{ row: AlertRule; events: readonly string[] }> {
  if (canonicalJson(input) === canonicalJson(inputOf(before))) return { row: before, events: [] };
  const now = org.now.toISOString();
  const wanted = { ...before, ...input, listens: listensTo(input.condition) };
  const goesOn = before.enabled && wanted.enabled && isSame(before.condition, wanted.condition);
  const isOver = before.enabled && !(goesOn && isSame(before.route, wanted.route));
  const after: AlertRule = { ...wanted, version: before.version + 1, updatedAt: now };
  const ending = isOver
    ? endingOf(org, before, open, goesOn ? wanted.route : undefined)
    : { pins: [], statements: [], events: [] };
  const target = { type: "alert_rule", id: before.id };
  const entry = { action: "alert_rule.update", target, before: audited(before), after: audited(after) } as const;
  const statements = [
    update(org, after, !goesOn),
    ...ending.statements,
    ...(after.enabled ? [startAlertClock(org)] : []),
  ] as const;
  try {
    const [changed] = await org.change(entry, statements, undefined, [
      pinVersion(org, before),
      pinChannels(org, after, before),
      ...ending.pins,
    ]);
    // safe: `returning` answers the row.
    const [row = await getAlertRule(org, before.id)] = changed as AlertRule[];
    return { row, events: ending.events };
  } catch (error) {
    throw isTaken(error) ? nameTaken(after.name) : error;
  }
}

const isSame = (before: unknown, after: unknown): boolean => canonicalJson(before) === canonicalJson(after);

const isTaken = (error: unknown): boolean =>
  /UNIQUE constraint failed: alert_rules\./.test(String((error as Error | undefined)?.message));

/** Without what the engine writes: what it saw last. `beginsAnew`: it hears of nothing that was written before this batch. */
const update = (
  org: OrgContext,
  { orgId: _, id, createdAt: __, lastEvaluation: ___, evaluations: ____, since: _____, ...after }: AlertRule,
  beginsAnew: boolean,
): Statement =>
  org.db
    .update(alertRules)
    .set(beginsAnew ? { ...after, since: sql.raw(`${askedOf("alert_rules.org_id")} + 1`) } : after)
    .where(and(eq(alertRules.orgId, org.id), eq(alertRules.id, id)))
    .returning();
