import { afterEach, beforeEach, vi } from "vitest";
import type { AccountPace } from "#db/values";
import { startReceiver, type Receiver } from "../support/receiver.ts";
import { seeded, type Random } from "./random.ts";
import { makeScenario, type Scenario } from "./scenario.ts";
import type { Chaos } from "./world.ts";

const day = 24 * 60 * 60_000;

/** Two scans a day apart; in between a fifth of the account changes. With a `pace`, tasks hand on what is too much for them. */
export async function twoScans(chaos: Chaos, seed: number, pace: AccountPace | null = null): Promise<Scenario> {
  // The certificate would come nearer to its end while a refused delivery waits for days.
  const things = { "kms.keys": 6, "logs.logGroups": 60 };
  const services = ["ec2", "rds", "iam", "kms", "logs"];
  const scenario = await makeScenario({ hidden: ["legacy-elb"], things }, { services, pace });
  await scenario.scan();
  await scenario.world.run(seeded(seed), chaos, () => scenario.atRest());
  scenario.world.advance(day);
  await scenario.configure({ generation: 1, changedShare: 0.2, now: "2026-11-24T08:00:00Z" });
  await scenario.scan();
  await scenario.world.run(seeded(seed + 1), chaos, () => scenario.atRest());
  return scenario;
}

/** The clock is the simulation's, and so is everybody a webhook calls: answers who listens in the present test. */
export function simulated(): () => Receiver {
  let receiver: Receiver | undefined;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    shortenPauses();
    receiver = startReceiver();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
  return () => {
    if (!receiver) throw new Error("Nobody listens outside a test");
    return receiver;
  };
}

/** An attempt fewer than there are, so that nothing is given up. */
const refusalsMax = 9;

/** A receiver that refuses and breaks off as chance has it, but takes every event in the end. */
export function moody(receiver: Receiver, random: Random): void {
  const refused = new Map<string, number>();
  receiver.answer(({ headers }) => {
    const id = headers.get("webhook-id") ?? "";
    const [breaksOff, refuses] = [random.chance(0.1), random.chance(0.3)];
    const before = refused.get(id) ?? 0;
    if (!(breaksOff || refuses) || before >= refusalsMax) return new Response(null, { status: 204 });
    refused.set(id, before + 1);
    if (breaksOff) throw new TypeError("Network connection lost");
    return new Response(null, { status: 500 });
  });
}

/** Pauses between tries pass at once; what guards against hanging (15 s) does not go off sooner. */
function shortenPauses(): void {
  const wait = globalThis.setTimeout;
  const guardMs = 10_000;
  vi.spyOn(globalThis, "setTimeout").mockImplementation((run: () => void, ms = 0) => wait(run, ms < guardMs ? 0 : ms));
}
