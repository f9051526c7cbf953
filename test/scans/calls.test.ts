import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { collectors } from "#collectors/registry";
import type { AccountPace } from "#db/values";
import { simulated } from "../sim/life.ts";
import { seeded } from "../sim/random.ts";
import { makeScenario, type AwsCall } from "../sim/scenario.ts";
import { calm } from "../sim/world.ts";
import { isCounted, minimumOf, minimumOfBuckets, type Calls, type Size } from "./minimum.ts";

const regions = ["us-east-1", "eu-west-1"];
/** Kinds that are switched on, or of which an account has one. */
const switches = new Set([
  "organizations.organizations",
  "bedrock.modelInvocationLogging",
  "config.recorders",
  "guardduty.detectors",
]);
const some = (count: number): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.keys(collectors).map((id) => [id, switches.has(id) ? 1 : count]));

/** No task hands anything on. */
const whole: AccountPace = { callsPerTask: 1_000_000, requestsPerSecond: 1_000_000 };

interface Asked {
  readonly calls: readonly AwsCall[];
  readonly status: string;
  readonly tasks: number;
  readonly told: number;
}

async function scanned({ things, resources, regions: enabled }: Size, pace: AccountPace): Promise<Asked> {
  const setting = { regions: enabled, things, ...(resources === undefined ? {} : { resources }) };
  const scenario = await makeScenario(setting, { regions: null, pace });
  const id = await scenario.scan();
  await scenario.world.run(seeded(1), calm, () => scenario.atRest());
  const row = await env.DB.prepare(
    "SELECT status, summary ->> 'tasksTotal' AS tasks, summary ->> 'awsCalls' AS told FROM scans WHERE id = ?1",
  )
    .bind(id)
    .first<{ status: string; tasks: number; told: number }>();
  return {
    calls: (await scenario.calls()).filter(({ service, action }) => isCounted(`${service} ${action} `)),
    status: row?.status ?? "",
    tasks: row?.tasks ?? 0,
    told: row?.told ?? 0,
  };
}

/** Questions about buckets go to the regions where they lie. */
const isOfBuckets = ({ service, action }: AwsCall): boolean => service === "s3" && action !== "ListBuckets";

const counted = (calls: readonly AwsCall[], nameOf: (call: AwsCall) => string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const call of calls) counts[nameOf(call)] = (counts[nameOf(call)] ?? 0) + call.count;
  return counts;
};
const elsewhere = (calls: readonly AwsCall[]): Record<string, number> =>
  counted(
    calls.filter((call) => !isOfBuckets(call)),
    ({ service, action, region }) => `${service} ${action} ${region}`,
  );
const ofBuckets = (calls: readonly AwsCall[]): Record<string, number> =>
  counted(calls.filter(isOfBuckets), ({ service, action }) => `${service} ${action}`);

const total = (calls: Calls): number => calls.values().reduce((sum, count) => sum + count, 0);

const kinds = Object.keys(collectors).toSorted();
/** Seven of every kind, and of each kind of one half so many. */
const manyOf = (half: 0 | 1, count: number): Readonly<Record<string, number>> => {
  const many = some(count);
  return {
    ...some(7),
    ...Object.fromEntries(kinds.filter((_, at) => at % 2 === half).map((id) => [id, many[id] ?? 0])),
  };
};

const accounts: readonly (readonly [name: string, size: Size])[] = [
  ["nothing but what was recorded", { regions, things: {} }],
  ["seven of everything", { regions, things: some(7) }],
  ["a page and three more of every second list", { regions: ["us-east-1"], things: manyOf(0, 103) }],
  ["a page and three more of the other lists", { regions: ["us-east-1"], things: manyOf(1, 103) }],
];

/** Accounts cut into more tasks. */
const cut: readonly (readonly [name: string, size: Size, pace: AccountPace])[] = [
  ["by the calls a task may make", { regions, things: some(23) }, { ...whole, callsPerTask: 60 }],
];

/** Answers that many things of a region are read with, and calls that take many things at once: each task asks for itself. */
const perTask = [
  "cloudtrail DescribeTrails",
  "cloudwatch GetMetricData",
  "ecr GetRegistryScanningConfiguration",
  "eks DescribeClusterVersions",
  "sagemaker DescribeEndpointConfig",
  "tagging GetResources",
];

describe("the calls of a scan", () => {
  simulated();

  it.for(accounts)("are the least there can be: %s", async ([, size], { expect }) => {
    const { calls, status, tasks, told } = await scanned(size, whole);
    // The plan, the account's own, one of each region, and the second wave.
    expect({ status, tasks }).toEqual({ status: "complete", tasks: size.regions.length + 3 });
    const least = minimumOf(size);
    const leastOfBuckets = minimumOfBuckets(size);
    expect(elsewhere(calls)).toEqual(Object.fromEntries(least));
    expect(ofBuckets(calls)).toEqual(Object.fromEntries(leastOfBuckets));
    // The polls for the credential report are told, too.
    expect(told - total(least) - total(leastOfBuckets)).toBeLessThanOrEqual(6);
  });

  it.for(cut)(
    "grow by no more than what tasks share, cut %s",

    async ([, size, pace], { expect }) => {
      const { calls, status, tasks } = await scanned(size, pace);
      const more = tasks - size.regions.length - 3;
      expect(status).toBe("complete");
      expect(more).toBeGreaterThan(0);
      const least = Object.fromEntries(minimumOf(size));
      const asked = elsewhere(calls);
      expect(Object.keys(asked).toSorted()).toEqual(Object.keys(least).toSorted());
      for (const [call, count] of Object.entries(asked)) {
        const mayGrow = perTask.some((one) => call.startsWith(`${one} `));
        expect(count - (least[call] ?? 0), call).toBeGreaterThanOrEqual(0);
        expect(count - (least[call] ?? 0), call).toBeLessThanOrEqual(mayGrow ? more : 0);
      }
      expect(ofBuckets(calls)).toEqual(Object.fromEntries(minimumOfBuckets(size)));
    },
  );
});
