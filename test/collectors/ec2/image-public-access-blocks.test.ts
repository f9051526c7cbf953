import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/image-public-access-blocks";
import { collect, fakeAws } from "../../support/fake-aws.ts";
import { response } from "./wire.ts";

const answer = (inside: string) =>
  fakeAws({ GetImageBlockPublicAccessState: response("GetImageBlockPublicAccessState", inside) });

describe("ec2.imagePublicAccessBlocks", () => {
  it("reads the region's setting in one call", async ({ expect }) => {
    const aws = answer(
      "<imageBlockPublicAccessState>block-new-sharing</imageBlockPublicAccessState><managedBy>declarative-policy</managedBy>",
    );
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
          attributes: { blockState: "block-new-sharing", managedBy: "declarative-policy" },
        },
      ],
    ]);
    expect(aws.asked).toEqual(["GetImageBlockPublicAccessState"]);
  });

  it("reads that nothing is blocked, and by nobody", async ({ expect }) => {
    const inside = "<imageBlockPublicAccessState>unblocked</imageBlockPublicAccessState>";
    const [[found] = []] = await collect(collector, answer(inside));
    expect(found?.attributes).toEqual({ blockState: "unblocked", managedBy: null });
  });

  it("leaves it unknown, with a gap, when it may not be read", async ({ expect }) => {
    const aws = fakeAws({});
    const [[found] = []] = await collect(collector, aws);
    expect(found).toMatchObject({ nativeId: "eu-west-1" });
    expect(found?.attributes).toHaveProperty("blockState", undefined);
    expect(aws.gaps).toEqual(["GetImageBlockPublicAccessState"]);
  });

  it("leaves it unknown when the answer does not say", async ({ expect }) => {
    const [[found] = []] = await collect(collector, answer(""));
    expect(found?.attributes).toHaveProperty("blockState", undefined);
  });
});
