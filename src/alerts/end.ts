import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { newId } from "#lib/id";
import { resolveStatements } from "./resolve.ts";
import { channelsStatement, pinAlerts, unresolvedAlerts, type Alert, type AlertRule, type Channel } from "./rule.ts";

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

/** The rule's alerts are resolved by whoever acts, and it is about nothing any more. `answers`: those of `endingStatements`. */
export function endingOf(org: OrgContext, rule: AlertRule, [open, channels]: readonly unknown[]): Ending {
  const events: string[] = [];
  const eventIdOf = (): string => events[events.push(newId()) - 1] ?? "";
  // safe: the statements' own rows.
  const how = { rule, by: org.actor, channels: channels as Channel[], eventIdOf };
  const statements = (open as Alert[]).flatMap((alert) => resolveStatements(org, alert, how));
  const leave = org.db.sql("DELETE FROM alert_members WHERE org_id = ?1 AND rule_id = ?2", org.id, rule.id);
  return { pins: [pinAlerts(org, rule.id, open as Alert[])], statements: [...statements, leave], events };
}
