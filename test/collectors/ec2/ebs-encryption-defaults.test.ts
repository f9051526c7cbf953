import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/ebs-encryption-defaults";
import { collect, fakeAws } from "../../support/fake-aws.ts";
import { response } from "./wire.ts";

const answer = (inside: string) =>
  fakeAws({ GetEbsEncryptionByDefault: response("GetEbsEncryptionByDefault", inside) });

describe("ec2.ebsEncryptionDefaults", () => {
  it("reads the region's setting in one call", async ({ expect }) => {
    const aws = answer("<ebsEncryptionByDefault>true</ebsEncryptionByDefault><sseType>sse-kms</sseType>");
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
          attributes: { encryptedByDefault: true },
        },
      ],
    ]);
    expect(aws.asked).toEqual(["GetEbsEncryptionByDefault"]);
  });

  it("reads that it is off", async ({ expect }) => {
    const [[found] = []] = await collect(collector, answer("<ebsEncryptionByDefault>false</ebsEncryptionByDefault>"));
    expect(found?.attributes).toEqual({ encryptedByDefault: false });
  });

  it("leaves it unknown, with a gap, when it may not be read", async ({ expect }) => {
    const aws = fakeAws({});
    const [[found] = []] = await collect(collector, aws);
    expect(found).toMatchObject({ nativeId: "eu-west-1" });
    expect(found?.attributes).toHaveProperty("encryptedByDefault", undefined);
    expect(aws.gaps).toEqual(["GetEbsEncryptionByDefault"]);
  });

  it("leaves it unknown when the answer does not say", async ({ expect }) => {
    const [[found] = []] = await collect(collector, answer(""));
    expect(found?.attributes).toHaveProperty("encryptedByDefault", undefined);
  });
});
