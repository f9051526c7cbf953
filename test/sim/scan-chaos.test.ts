import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { moody, simulated, twoScans } from "./life.ts";
import { seeded } from "./random.ts";
import { stateOf, unseenIn } from "./scenario.ts";
import { calm, rough } from "./world.ts";

/** `npm run sim` asks for more. */
const { seeds, first } = env.SIMULATION;

describe("two scans", () => {
  const receiver = simulated();

  it("end the same, and every event is delivered, into however many tasks they are cut, however messages are lost, doubled, delayed and reordered, and whatever fails", async ({
    expect,
  }) => {
    const expected = await stateOf(await twoScans(calm, 0));
    expect(expected["scans"]).toHaveLength(2);
    expect(expected["resources"]?.length).toBeGreaterThan(20);
    expect(expected["findings"]?.length).toBeGreaterThan(10);
    expect(expected["undelivered"]).toEqual([]);
    expect(unseenIn(expected)).toEqual([]);
    expect(expected["dependencies"]?.length).toBeGreaterThan(20);
    for (let seed = first; seed < first + seeds; seed += 1) {
      moody(receiver(), seeded(seed * 104_729));
      const random = seeded(seed * 31);
      const pace = random.chance(0.5) ? { callsPerTask: random.below(12) + 1, tasksAtOnce: random.below(4) + 1 } : null;
      const state = await stateOf(await twoScans(rough(seeded(seed * 7919), 4), seed, pace));
      expect(state, `npm run sim -- --from ${seed} --seeds 1`).toEqual(expected);
    }
  }, 7_200_000);
});
