import type { OrgContext } from "#db/context";
import { nudgeDeliveries } from "#db/outbox";
import { hasMovedOn, untilItHolds } from "#db/pin";
import type { AboutChecks } from "#scans/about";
import { drainInbox } from "./drain.ts";
import { aboutIfThere } from "./items.ts";
import { enabledRules, type AlertRule } from "./rule.ts";
import { settleRule, type Settled } from "./settle.ts";
import { syncRule } from "./sync.ts";
import { wakeAlerts } from "./wake.ts";

/** Rules are looked at at least so often. */
const everyMs = 60 * 60_000;

/**
 * Statements after which no other rule is looked at: D1 takes 1,000 of one invocation, and a rule that tells each of its 51 groups
 * asks 360. A rule with nothing to tell asks ten at most: all 50 come to have their turn, as long as gathering leaves them so much.
 */
const statementsMax = 600;
const idleRule = 10;

/**
 * Looks at the rules of an organization, if they are due: what happened is handed to those it feeds, those that look at how things
 * are look, and what is new is told. Every step is a batch that has its effect once, so that this may run any number of times and
 * side by side; the clock is set when all is done. Throws when a rule could not be looked at, after the others.
 */
export const evaluateAlerts = (org: OrgContext): Promise<void> => untilItHolds(() => evaluateOnce(org), 5);

async function evaluateOnce(org: OrgContext): Promise<void> {
  const { clock, rules } = await readClock(org);
  if (!clock || clock.dueAt > org.now.toISOString()) return;
  const fed = rules.filter(({ listens }) => listens.length > 0);
  if (await drainInbox(org, fed, statementsMax - idleRule * rules.length)) return wakeAlerts(org);
  if (rules.length === 0) return stopClock(org, clock);
  const { events, nextAts, failures, left } = await evaluateRules(org, rules);
  const [failure] = failures;
  if (failure === undefined && !left)
    await setClock(org, clock, new Date(Math.min(org.now.getTime() + everyMs, ...nextAts)));
  await nudgeDeliveries(org, events);
  // What kept moving under somebody else's hands was done there, or is done next time.
  if (left || hasMovedOn(failure)) await wakeAlerts(org);
  if (failure !== undefined && !hasMovedOn(failure)) throw failure as Error;
}

interface Evaluated {
  readonly events: readonly string[];
  readonly nextAts: readonly number[];
  readonly failures: readonly unknown[];
  /** Some were not looked at: enough was asked. */
  readonly left: boolean;
}

/** One after the other; one that fails stops no other. */
async function evaluateRules(org: OrgContext, rules: readonly AlertRule[]): Promise<Evaluated> {
  const about = await aboutIfThere(org);
  const [events, nextAts, failures]: [string[], number[], unknown[]] = [[], [], []];
  for (const rule of rules) {
    if (org.db.meter.statements > statementsMax) return { events, nextAts, failures, left: true };
    try {
      const settled = await evaluateRule(org, rule, about);
      events.push(...settled.events);
      if (settled.nextAt) nextAts.push(settled.nextAt.getTime());
    } catch (error) {
      failures.push(error);
    }
  }
  return { events, nextAts, failures, left: false };
}

async function evaluateRule(org: OrgContext, rule: AlertRule, about: AboutChecks): Promise<Settled> {
  if (rule.condition.kind === "findings") return settleRule(org, rule.id, null, about);
  return untilItHolds(async () => {
    const seen = await syncRule(org, rule.id, about);
    return seen === null ? { events: [], nextAt: null } : settleRule(org, rule.id, seen, about);
  }, 3);
}

interface Clock {
  readonly dueAt: string;
  readonly asked: number;
}

async function readClock(org: OrgContext): Promise<{ clock: Clock | null; rules: readonly AlertRule[] }> {
  const [clocks, rules] = await org.db.atomic([
    org.db.sql("SELECT due_at AS dueAt, asked FROM alert_clocks WHERE org_id = ?1", org.id),
    enabledRules(org),
  ]);
  // safe: the statements' own columns.
  return { clock: (clocks as Clock[])[0] ?? null, rules: rules as AlertRule[] };
}

/** Not where somebody asked for another look meanwhile: then it stays due. */
async function setClock(org: OrgContext, { asked }: Clock, at: Date): Promise<void> {
  await org.db.atomic([
    org.db.sql("UPDATE alert_clocks SET due_at = ?3 WHERE org_id = ?1 AND asked = ?2", org.id, asked, at.toISOString()),
  ]);
}

/** There is no rule to look at: the one that is made next starts the clock again. */
async function stopClock(org: OrgContext, { asked }: Clock): Promise<void> {
  await org.db.atomic([
    org.db.sql(
      `DELETE FROM alert_clocks WHERE org_id = ?1 AND asked = ?2
         AND NOT EXISTS (SELECT 1 FROM alert_rules WHERE org_id = ?1 AND enabled = 1)`,
      org.id,
      asked,
    ),
    // What is left there waits for nobody.
    org.db.sql(
      "DELETE FROM alert_inbox WHERE org_id = ?1 AND NOT EXISTS (SELECT 1 FROM alert_clocks WHERE org_id = ?1)",
      org.id,
    ),
  ]);
}
