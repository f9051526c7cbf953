import type { Env } from "#env";
import { systemContext, type OrgContext } from "#db/context";
import type { DeliveryMessage } from "#db/messages";
import { nudgeDeliveries } from "#db/outbox";
import { sendAll } from "#lib/send-all";
import { claimDelivery, type Claim } from "./claim.ts";
import { pauseFor, recordOutcome, stepAfter, type Step } from "./record.ts";
import { sendOnce, type Outcome } from "./send.ts";

type WaitUntil = (promise: Promise<unknown>) => void;

/** After this long, what else is due at a webhook is left to another invocation: work behind an answer has 30 s. */
const carryOnMs = 10_000;

/**
 * So many deliveries as well: an invocation may run 1,000 statements. A queue's batch begins 5 such chains, and a delivery takes 7
 * statements (3 to claim, 4 to record): 5 × 25 × 7 = 875. The rest is for telling how webhooks do.
 */
export const carryOnMax = 25;

/** Longer waits are left to the cron job: not every queue takes a longer delay. */
const nudgeDelaySecondsMax = 43_200;

/**
 * Takes a due delivery and leaves its attempt to `waitUntil`, so that a slow receiver does not hold up the messages beside
 * it. At least once: when the process dies, the lease runs out and the cron job finds the delivery again; receivers know a
 * repetition by `webhook-id`. No order is promised. Throws only when the delivery could not be looked at.
 */
export async function startDelivery(env: Env, message: DeliveryMessage, waitUntil: WaitUntil): Promise<void> {
  const org = systemContext(env, message, new Date(), waitUntil);
  const claim = await claimDelivery(org, message.deliveryId);
  if (claim) waitUntil(carryOn(org, claim));
}

/** Delivers, and then what else is due at the same webhook, one after the other. Never fails. */
async function carryOn(first: OrgContext, claim: Claim): Promise<void> {
  const startedMs = Date.now();
  let org = first;
  let held: Claim | null = claim;
  try {
    for (let done = 1; held; done += 1) {
      const next = await attemptDelivery(org, held);
      if (!next) return;
      if (done === carryOnMax || Date.now() - startedMs > carryOnMs) return await sendAll(org.env.DELIVERIES, [next]);
      org = systemContext(org.env, next, new Date(), (promise) => first.waitUntil(promise));
      held = await claimDelivery(org, next.deliveryId);
    }
  } catch (error) {
    log({
      level: "error",
      msg: "delivery interrupted",
      orgId: org.id,
      webhookId: claim.webhookId,
      cause: nameOf(error),
    });
  }
}

/** One attempt of a claimed delivery, recorded. Answers another delivery that is due at the same webhook. */
async function attemptDelivery(org: OrgContext, claim: Claim): Promise<DeliveryMessage | null> {
  const outcome = await sendOnce(org, claim);
  const step = stepAfter(claim.attempts - claim.attemptsBefore + 1, outcome, Math.random);
  const pauseSeconds = pauseFor(claim, outcome, Math.random);
  const { recorded, nextId, eventId } = await recordOutcome(org, claim, outcome, { step, pauseSeconds }, new Date());
  logAttempt(org, claim, outcome, { step, recorded });
  if (!recorded) return null;
  if (step.kind === "retry") await wakeLater(org, claim, Math.max(step.delaySeconds, pauseSeconds ?? 0));
  if (eventId !== null) await nudgeDeliveries(org, [eventId]);
  return nextId === null ? null : messageOf(org, nextId);
}

const messageOf = (org: OrgContext, deliveryId: string): DeliveryMessage => ({
  orgId: org.id,
  shard: org.shard,
  deliveryId,
});

/** Saves the retry the wait for the cron job's next minute; nothing depends on it. */
async function wakeLater(org: OrgContext, claim: Claim, delaySeconds: number): Promise<void> {
  if (delaySeconds > nudgeDelaySecondsMax) return;
  try {
    await org.env.DELIVERIES.send(messageOf(org, claim.deliveryId), { delaySeconds: Math.ceil(delaySeconds) });
  } catch (error) {
    log({
      level: "warn",
      msg: "delivery nudge not sent",
      orgId: org.id,
      deliveryId: claim.deliveryId,
      cause: nameOf(error),
    });
  }
}

/** One line per attempt. Neither the URL nor the answer stands in it: both may hold secrets. */
function logAttempt(org: OrgContext, claim: Claim, outcome: Outcome, end: { step: Step; recorded: boolean }): void {
  log({
    level: outcome.isOurs && !outcome.isFinal ? "error" : "info",
    msg: outcome.isOurs ? "delivery not attempted" : "delivery attempted",
    orgId: org.id,
    webhookId: claim.webhookId,
    deliveryId: claim.deliveryId,
    event: claim.event,
    attempt: claim.attempts + 1,
    status: outcome.status,
    error: outcome.error,
    durationMs: outcome.durationMs,
    outcome: end.step.kind,
    recorded: end.recorded,
    retrySeconds: end.step.kind === "retry" ? Math.round(end.step.delaySeconds) : null,
  });
}

const log = (line: Readonly<Record<string, unknown>>): void => console.log(JSON.stringify(line));

/** Messages of database errors carry the statement and its parameters: not for logs. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
