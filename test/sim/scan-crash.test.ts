import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { simulated, twoScans } from "./life.ts";
import { stateOf, unseenIn } from "./scenario.ts";
import { counting, nthFails } from "./world.ts";

/** Every n-th operation; `npm run sim` asks for all of them. */
const { stride } = env.SIMULATION;

describe("two scans", () => {
  simulated();

  it("end the same when the process dies, or a call fails, before or after any single operation", async ({
    expect,
  }) => {
    const { chaos, count } = counting();
    const expected = await stateOf(await twoScans(chaos, 0));
    const operations = count();
    expect(operations).toBeGreaterThan(100);
    expect(unseenIn(expected)).toEqual([]);
    for (let n = 1; n <= operations; n += stride) {
      for (const moment of ["before", "after"] as const) {
        for (const mode of ["crash", "error"] as const) {
          const state = await stateOf(await twoScans(nthFails(n, moment, mode), 0));
          expect(state, `${mode} ${moment} operation ${n} of ${operations}`).toEqual(expected);
        }
      }
    }
  }, 7_200_000);
});
