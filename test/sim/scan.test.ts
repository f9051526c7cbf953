import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { startReceiver } from "../support/receiver.ts";
import { seeded } from "./random.ts";
import { makeScenario, stateOf, type Scenario } from "./scenario.ts";
import { calm, counting, nthFails, rough, type Chaos } from "./world.ts";

const day = 24 * 60 * 60_000;

/** `npm run sim` asks for all of it. */
const { seeds, first, stride } = env.SIMULATION;

/** Two scans a day apart; in between a fifth of the account changes. */
async function life(chaos: Chaos, seed: number): Promise<Scenario> {
  const scenario = await makeScenario({}, { services: ["ec2", "rds", "iam"] });
  await scenario.scan();
  await scenario.world.run(seeded(seed), chaos, () => scenario.atRest());
  scenario.world.advance(day);
  await scenario.configure({ generation: 1, changedShare: 0.2, now: "2026-11-24T08:00:00Z" });
  await scenario.scan();
  await scenario.world.run(seeded(seed + 1), chaos, () => scenario.atRest());
  return scenario;
}

describe("two scans", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    startReceiver();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("end the same however messages are lost, doubled, delayed and reordered, and whatever fails", async ({ expect }) => {
    const expected = await stateOf(await life(calm, 0));
    expect(expected["scans"]).toHaveLength(2);
    expect(expected["resources"]?.length).toBeGreaterThan(20);
    expect(expected["findings"]?.length).toBeGreaterThan(10);
    for (let seed = first; seed < first + seeds; seed += 1) {
      const state = await stateOf(await life(rough(seeded(seed * 7919), 4), seed));
      expect(state, `npm run sim -- --from ${seed} --seeds 1`).toEqual(expected);
    }
  }, 3_600_000);

  it("end the same when the process dies, or a call fails, before or after any single operation", async ({ expect }) => {
    const { chaos, count } = counting();
    const expected = await stateOf(await life(chaos, 0));
    for (let n = 1; n <= count(); n += stride) {
      for (const moment of ["before", "after"] as const) {
        for (const mode of ["crash", "error"] as const) {
          const state = await stateOf(await life(nthFails(n, moment, mode), 0));
          expect(state, `${mode} ${moment} operation ${n}`).toEqual(expected);
        }
      }
    }
  }, 3_600_000);
});
