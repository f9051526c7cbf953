import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/snapshot-public-access-blocks";
import { collect, fakeAws } from "../../support/fake-aws.ts";
import { response } from "./wire.ts";

const answer = (inside: string) =>
  fakeAws({ GetSnapshotBlockPublicAccessState: response("GetSnapshotBlockPublicAccessState", inside) });

describe("ec2.snapshotPublicAccessBlocks", () => {
  it("reads the region's setting in one call", async ({ expect }) => {
    const aws = answer("<state>block-all-sharing</state><managedBy>account</managedBy>");
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "eu-west-1",
          arn: null,
          name: null,
          state: null,
          tags: {},
          createdAt: null,
          costMonthly: 0,
          attributes: { blockState: "block-all-sharing", managedBy: "account" },
        },
      ],
    ]);
    expect(aws.asked).toEqual(["GetSnapshotBlockPublicAccessState"]);
  });

  it("reads that nothing is blocked, and by nobody", async ({ expect }) => {
    const [[found] = []] = await collect(collector, answer("<state>unblocked</state>"));
    expect(found?.attributes).toEqual({ blockState: "unblocked", managedBy: null });
  });

  it("leaves it unknown, with a gap, when it may not be read", async ({ expect }) => {
    const aws = fakeAws({});
    const [[found] = []] = await collect(collector, aws);
    expect(found).toMatchObject({ nativeId: "eu-west-1" });
    expect(found?.attributes).toHaveProperty("blockState", undefined);
    expect(aws.gaps).toEqual(["GetSnapshotBlockPublicAccessState"]);
  });

  it("leaves it unknown when the answer does not say", async ({ expect }) => {
    const [[found] = []] = await collect(collector, answer(""));
    expect(found?.attributes).toHaveProperty("blockState", undefined);
  });
});
