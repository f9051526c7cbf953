import { describe, it } from "vitest";
import { simulated } from "../sim/life.ts";
import { makeScenario, rowsOf, scanned } from "../sim/scenario.ts";

describe("what was read in part", () => {
  simulated();

  it("leaves a scan partial and its account well, where lists are whole and tags are denied", async ({ expect }) => {
    const faults = [{ service: "tagging", kind: "deny" }];
    const scenario = await makeScenario({ things: { "sns.topics": 3 }, faults }, { services: ["sns"] });
    expect(await scanned(scenario)).toBe("partial");
    expect(await rowsOf(scenario, "SELECT status, last_error FROM accounts WHERE org_id = ?1")).toEqual([
      { status: "ok", last_error: null },
    ]);
    expect(await rowsOf(scenario, "SELECT id FROM resources WHERE org_id = ?1")).toHaveLength(3);
  });

  it("leaves findings in the words they had", async ({ expect }) => {
    const findings = "SELECT id, summary, version FROM findings WHERE org_id = ?1 ORDER BY id";
    const scenario = await makeScenario({}, { services: ["iam"] });
    expect(await scanned(scenario)).toBe("complete");
    const before = await rowsOf<{ summary: string }>(scenario, findings);
    expect(before.map(({ summary }) => summary).join()).toMatch(/Access key AKIA/);
    await scenario.configure({ faults: [{ service: "iam", action: "ListAccessKeys", kind: "deny" }] });
    expect(await scanned(scenario)).toBe("partial");
    expect(await rowsOf(scenario, findings)).toEqual(before);
  });

  it("leaves a resource's price as it was, where what it hangs on was not read", async ({ expect }) => {
    const priced = "SELECT native_id, cost_monthly, digest FROM resources WHERE org_id = ?1 ORDER BY native_id";
    const scenario = await makeScenario({ things: { "ecr.repositories": 3 } }, { services: ["ecr"] });
    expect(await scanned(scenario)).toBe("complete");
    const before = await rowsOf<{ cost_monthly: number | null }>(scenario, priced);
    expect(before.some(({ cost_monthly: cost }) => (cost ?? 0) > 0)).toBe(true);
    await scenario.configure({ faults: [{ service: "ecr", action: "DescribeImages", kind: "repeatToken" }] });
    expect(await scanned(scenario)).toBe("partial");
    expect(await rowsOf(scenario, priced)).toEqual(before);
  });
});
