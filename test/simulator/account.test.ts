import { describe, it } from "vitest";
import { EPOCH } from "../../simulator/demo.ts";
import { asTexts, everything, world } from "./world.ts";

const now = EPOCH;
const threeRegions = ["eu-west-1", "us-east-1", "eu-central-1"];

/** The kinds there are recordings of. */
const recorded: ReadonlySet<string> = new Set([
  ...[
    "acm.certificates",
    "ec2.addresses",
    "ec2.images",
    "ec2.instances",
    "ec2.networkInterfaces",
    "ec2.securityGroups",
  ],
  ...[
    "ec2.snapshots",
    "ec2.volumes",
    "iam.accessKeys",
    "iam.accounts",
    "iam.passwordPolicies",
    "iam.serverCertificates",
  ],
  ...["iam.users", "rds.dbInstances", "rds.dbSnapshots", "s3.accountPublicAccessBlocks", "s3.buckets"],
]);

describe("the recorded account", () => {
  it("is read by every collector without a gap", async ({ expect }) => {
    const one = world();
    const { total, regions } = await one.arrange({ now });
    const all = await everything(one, regions);
    expect(all.gaps).toEqual([]);
    const empty = [...all.found].flatMap(([place, list]) => (list.length === 0 ? [place.split(" ")[0] ?? ""] : []));
    expect(empty.filter((id) => recorded.has(id))).toEqual([]);
    expect(asTexts(all).size).toBe(total);
  });

  it("reads the same twice, and a day later but for what moves by itself", async ({ expect }) => {
    const one = world();
    await one.arrange({ now });
    const first = asTexts(await everything(one, threeRegions));
    expect(asTexts(await everything(one, threeRegions))).toEqual(first);
    await one.arrange({ now: "2026-11-22T00:00:00Z" });
    expect(asTexts(await everything(one, threeRegions))).toEqual(first);
  });

  it("lays its dates relative to the epoch", async ({ expect }) => {
    const one = world();
    await one.arrange({ epoch: "2027-11-21T00:00:00Z", now: "2027-11-21T00:00:00Z" });
    const { found } = await everything(one, ["eu-west-1"]);
    expect(found.get("ec2.instances eu-west-1")?.[0]?.createdAt).toBe("2027-07-24T00:00:00.000Z");
  });

  it("has one public snapshot among the restorable ones", async ({ expect }) => {
    const form = { Action: "DescribeSnapshots", "Owner.1": "self", "RestorableBy.1": "all" };
    const { body } = await world().ask({ service: "ec2", form });
    expect(body.match(/<snapshotId>/g)).toHaveLength(1);
  });

  it("hides what is hidden, and sets what is overridden", async ({ expect }) => {
    const one = world();
    const { found } = await everything(one, ["eu-west-1"]);
    const [gone, changed] = found.get("ec2.volumes eu-west-1") ?? [];
    const id = changed?.nativeId.split("/").at(-1) ?? "";
    await one.arrange({ hidden: [gone?.nativeId], overrides: { [id]: { volumeType: "io2" } } });
    const after = (await everything(one, ["eu-west-1"])).found.get("ec2.volumes eu-west-1") ?? [];
    expect(after.map((volume) => volume.nativeId)).not.toContain(gone?.nativeId);
    expect(after.find((volume) => volume.nativeId === changed?.nativeId)?.attributes).toMatchObject({
      volumeType: "io2",
    });
  });
});

describe("a multiplied account", () => {
  it.for([60, 300, 2_500])("has exactly %i resources, each once", async (resources, { expect }) => {
    const one = world();
    const { total, regions } = await one.arrange({ resources, now });
    expect(total).toBe(resources);
    const all = await everything(one, regions);
    expect(all.gaps).toEqual([]);
    expect([...all.found.values()].flat()).toHaveLength(resources);
    expect(asTexts(all).size).toBe(resources);
  });

  it("changes exactly the share asked for in each generation", async ({ expect }) => {
    const one = world();
    let before = new Map<string, string>() as ReadonlyMap<string, string>;
    for (const generation of [0, 1, 2, 3]) {
      await one.arrange({ resources: 2_000, generation, changedShare: 0.02, now });
      const after = asTexts(await everything(one, threeRegions));
      const changed = [...after].filter(([id, text]) => before.get(id) !== text);
      if (generation > 0) expect(changed).toHaveLength(40);
      before = after;
    }
  });

  it("shows other accounts things of their own", async ({ expect }) => {
    const one = world();
    const keys = { accessKeyId: "AKIAOTHERACCOUNT0000", secretAccessKey: "another secret" };
    await one.arrange({ ...keys, now }, "444455556666");
    const other = await everything(one, ["eu-west-1"], keys, "444455556666");
    expect(other.gaps).toEqual([]);
    const ids = (all: typeof other) => new Set([...all.found.values()].flat().map((found) => found.nativeId));
    const shared = ids(await everything(one, ["eu-west-1"])).intersection(ids(other));
    // Settings of a region are named after it.
    expect([...shared].toSorted()).toEqual(["access-analyzer/eu-west-1", "eu-west-1", "password-policy"]);
  });

  it("gives a page of 1,000 out of 100,000 resources", async ({ expect }) => {
    const one = world();
    await one.arrange({ resources: 100_000 });
    const { body } = await one.ask({ service: "ec2", form: { Action: "DescribeVolumes", MaxResults: "1000" } });
    expect(body.match(/<volumeId>vol-[0-9a-f]{17}<\/volumeId><size>/g)).toHaveLength(1000);
    expect(body).toContain("<nextToken>");
  });
});
