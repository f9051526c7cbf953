import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { collectors } from "#collectors/registry";
import { simulated } from "./life.ts";
import { seeded } from "./random.ts";
import { makeScenario, rowsOf, scanned, type Scenario } from "./scenario.ts";

/** `npm run sim` asks for more. */
const { seeds, first } = env.SIMULATION;

const kinds = ["throttle", "deny", "unavailable", "error500", "brokenPage", "repeatToken", "expire"] as const;
const collecting = [...new Set(Object.values(collectors).map(({ service }) => service))].toSorted();
/** And those that some collectors ask beside their own. */
const services: readonly string[] = [...collecting, "account", "tagging"];
/** What is found by number: a few of every kind that can be many. */
const few: Readonly<Record<string, number>> = Object.fromEntries(Object.keys(collectors).map((id) => [id, 3]));

interface Seen {
  readonly resources: readonly unknown[];
  readonly open: readonly unknown[];
}

/** What there is and what is wrong with it, without when that was last seen. */
const seenIn = async (scenario: Scenario): Promise<Seen> => ({
  resources: await rowsOf(
    scenario,
    "SELECT collector, native_id, digest FROM resources WHERE org_id = ?1 ORDER BY 1, 2",
  ),
  open: await rowsOf(
    scenario,
    "SELECT type, resource_id, summary FROM findings WHERE org_id = ?1 AND status = 'open' ORDER BY 1, 2",
  ),
});

interface Covered {
  readonly state: string;
  readonly errors: readonly { service: string; code: string; region: string; remedy: string; action: string }[];
}

const coverageOf = async (scenario: Scenario): Promise<ReadonlyMap<string, Covered>> => {
  const rows = await rowsOf<{ collector: string; state: string }>(
    scenario,
    "SELECT key AS collector, value AS state FROM coverage, json_each(collectors) WHERE org_id = ?1",
  );
  return new Map(rows.map(({ collector, state }) => [collector, JSON.parse(state) as Covered]));
};

describe("a service that AWS refuses, throttles or breaks", () => {
  simulated();

  it("never lets a scan take what it did not see for gone or mended, and coverage says why", async ({ expect }) => {
    const scenario = await makeScenario({ things: few }, {});
    await scanned(scenario);
    const before = await seenIn(scenario);
    for (let seed = first; seed < first + seeds; seed += 1) {
      const random = seeded(seed * 6007);
      const [service, kind] = [random.pick(services), random.pick(kinds)];
      // With others beside it that work, mostly a few.
      const others = collecting.filter((one) => one !== service);
      const chosen = random.chance(0.05) ? undefined : [service, random.pick(others), random.pick(others)];
      const hint = `${kind} of ${service}: npm run sim -- --from ${seed} --seeds 1`;
      // From its first call on, or in the middle.
      await scenario.configure({ faults: [{ service, kind, afterCalls: random.chance(0.5) ? 0 : random.below(12) }] });
      const status = await scanned(scenario, chosen);
      // Without its list of regions, which EC2 gives, a scan cannot be planned.
      expect(["complete", "partial", ...(service === "ec2" ? ["error"] : [])], hint).toContain(status);
      expect(await seenIn(scenario), hint).toEqual(before);
      if (status === "partial") {
        const hit = [...(await coverageOf(scenario)).values()].filter(({ state }) => state !== "done");
        expect(hit.length, hint).toBeGreaterThan(0);
        for (const { errors } of hit) {
          expect(
            errors.map((error) => error.service),
            hint,
          ).toContain(service);
          for (const error of errors) {
            for (const word of [error.service, error.code, error.region, error.action, error.remedy])
              expect(word, hint).not.toBe("");
          }
        }
      }
      await scenario.configure({ faults: [] });
      expect(await scanned(scenario, chosen), hint).toBe("complete");
      expect(await seenIn(scenario), hint).toEqual(before);
    }
  }, 7_200_000);
});
