import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { AlertRoute } from "#db/values";
import { newId } from "#lib/id";
import { resolveStatements } from "./resolve.ts";
import {
  channelsStatement,
  groupSql,
  pinAlerts,
  unresolvedAlerts,
  type Alert,
  type AlertRule,
  type Receiver,
} from "./rule.ts";

/** What has to happen for a rule to begin anew, or to end. */
export interface Ending {
  /** For the beginning of the batch. */
  readonly pins: readonly Statement[];
  readonly statements: readonly Statement[];
  /** Ids of the events written. */
  readonly events: readonly string[];
}

/** Its alerts that are not resolved, and all channels. */
export const endingStatements = (org: OrgContext, ruleId: string): readonly [Statement, Statement] => [
  unresolvedAlerts(org, ruleId),
  channelsStatement(org),
];

/**
 * The rule's alerts are resolved by whoever acts, and it is about nothing any more. `answers`: those of `endingStatements`. `route`: the
 * rule goes on with this one, and what waits to be told goes where that leads.
 */
export function endingOf(
  org: OrgContext,
  rule: AlertRule,
  [open, channels]: readonly unknown[],
  route?: AlertRoute | null,
): Ending {
  const events: string[] = [];
  const eventIdOf = (): string => events[events.push(newId()) - 1] ?? "";
  // safe: the statements' own rows.
  const how = { rule, by: org.actor, channels: channels as Receiver[], eventIdOf };
  const statements = resolveStatements(org, open as Alert[], how);
  const waits = route !== undefined && rule.condition.kind === "findings";
  const leave = org.db.sql(
    `DELETE FROM alert_members WHERE org_id = ?1 AND rule_id = ?2 ${waits ? "AND told = 1" : ""}`,
    org.id,
    rule.id,
  );
  const stay = waits ? [reroute(org, rule.id, route)] : [];
  return { pins: [pinAlerts(org, rule.id, open as Alert[])], statements: [...statements, leave, ...stay], events };
}

/** Of findings; what else meets a condition still does when it is looked at next. */
const reroute = (org: OrgContext, ruleId: string, route: AlertRoute | null): Statement =>
  org.db.sql(
    `UPDATE alert_members SET group_key = coalesce((SELECT ${groupSql(route, "?3")} FROM findings AS f
       WHERE f.org_id = ?1 AND f.id = alert_members.subject), '')
     WHERE org_id = ?1 AND rule_id = ?2 AND told = 0 AND ?3 <> ''`,
    org.id,
    ruleId,
    JSON.stringify(route),
  );
