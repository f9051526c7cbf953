import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/snapshots";
import { collect, fakeAws, inPages, type Answering } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const snapshot = (id: string, more = "") => `
  <item>
    <snapshotId>${id}</snapshotId>
    <volumeId>vol-049df61146c4d7901</volumeId>
    <status>completed</status>
    <startTime>2026-03-01T12:51:50.000Z</startTime>
    <progress>100%</progress>
    <ownerId>111122223333</ownerId>
    <volumeSize>30</volumeSize>
    <description>Created by CreateImage(i-1234567890abcdef0)</description>
    <encrypted>false</encrypted>
    ${more}
  </item>`;

const page = (items: string, token = "") =>
  response("DescribeSnapshots", `<snapshotSet>${items}</snapshotSet>${token && `<nextToken>${token}</nextToken>`}`);

/** Own snapshots from the first, the public ones of them from the second. */
const account = (own: Answering, everybodys: Answering) =>
  fakeAws((call) => ("RestorableBy.1" in call.input ? everybodys : own)(call));

const publicOf = async (own: Answering, everybodys: Answering) => {
  const pages = await collect(collector, account(own, everybodys));
  return pages.flat().map(({ attributes }) => [attributes.snapshotId, attributes.public]);
};

describe("ec2.snapshots", () => {
  it("reads every fact", async ({ expect }) => {
    const more =
      "<storageTier>archive</storageTier><fullSnapshotSizeInBytes>5368709120</fullSnapshotSizeInBytes>" +
      "<kmsKeyId>arn:aws:kms:eu-west-1:111122223333:key/1a</kmsKeyId><tagSet><item><key>Name</key><value>db</value></item></tagSet>";
    const aws = account(inPages(page(snapshot("snap-0a", more))), inPages(page("")));
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1::snapshot/snap-0a",
          arn: "arn:aws:ec2:eu-west-1::snapshot/snap-0a",
          name: "db",
          state: "completed",
          tags: { Name: "db" },
          createdAt: "2026-03-01T12:51:50.000Z",
          // 5 GiB × 0.0125 × 1.11
          costMonthly: expect.closeTo(0.069375, 9),
          relations: [
            relation("copyOf", "Volume", "111122223333:volume/vol-049df61146c4d7901"),
            {
              kind: "encryptedBy",
              resourceType: "AWS::KMS::Key",
              target: "arn:aws:kms:eu-west-1:111122223333:key/1a",
            },
          ],
          attributes: {
            snapshotId: "snap-0a",
            volumeId: "vol-049df61146c4d7901",
            volumeSizeGib: 30,
            fullSizeBytes: 5_368_709_120,
            encrypted: false,
            kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1a",
            storageTier: "archive",
            description: "Created by CreateImage(i-1234567890abcdef0)",
            public: false,
          },
        },
      ],
    ]);
  });

  it("knows that a copied one has no volume, and names a key given by id", async ({ expect }) => {
    const copied = snapshot("snap-0a", "<kmsKeyId>1a</kmsKeyId>").replace("vol-049df61146c4d7901", "vol-ffffffff");
    const [[found] = []] = await collect(collector, account(inPages(page(copied)), inPages(page(""))));
    expect(found?.relations).toEqual([
      { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: "arn:aws:kms:eu-west-1:111122223333:key/1a" },
    ]);
  });

  it("knows the public ones from one more list, whatever the number of pages", async ({ expect }) => {
    const own = inPages(page(snapshot("snap-0a") + snapshot("snap-0b"), "1"), page(snapshot("snap-0c")));
    const everybodys = inPages(page(snapshot("snap-0b"), "1"), page(snapshot("snap-0c")));
    const aws = account(own, everybodys);
    const pages = await collect(collector, aws);
    expect(pages.map((found) => found.map(({ attributes }) => attributes.public))).toEqual([[false, true], [true]]);
    const mine = { "Owner.1": "self", MaxResults: 1000 };
    const everybody = { ...mine, "RestorableBy.1": "all" };
    expect(aws.calls.map(({ input }) => input)).toEqual([
      mine,
      everybody,
      { ...everybody, NextToken: "1" },
      { ...mine, NextToken: "1" },
    ]);
  });

  it("does not ask for public ones when there are none at all", async ({ expect }) => {
    const aws = account(inPages(page("")), () => undefined);
    expect(await collect(collector, aws)).toEqual([[]]);
    expect(aws.calls).toHaveLength(1);
  });

  it("asks for public ones when only a later page has snapshots", async ({ expect }) => {
    const own = inPages(page("", "1"), page(snapshot("snap-0a")));
    expect(await publicOf(own, inPages(page(snapshot("snap-0a"))))).toEqual([["snap-0a", true]]);
  });

  it.for([
    ["is denied", () => undefined],
    ["is denied on its second page", inPages(page(snapshot("snap-0b"), "1"))],
    ["repeats its token", inPages(page("", "1"), page("", "1"))],
    ["is no list", inPages(response("DescribeSnapshots", ""))],
  ] as const)("leaves `public` unknown when the second list %s", async ([, everybodys], { expect }) => {
    expect(await publicOf(inPages(page(snapshot("snap-0a") + snapshot("snap-0b"))), everybodys)).toEqual([
      ["snap-0a", undefined],
      ["snap-0b", undefined],
    ]);
  });

  it("fails when the first list fails", async ({ expect }) => {
    await expect(
      collect(
        collector,
        account(() => undefined, inPages(page(""))),
      ),
    ).rejects.toThrow("AccessDenied");
    const second = inPages(page(snapshot("snap-0a"), "1"));
    await expect(collect(collector, account(second, inPages(page(""))))).rejects.toThrow("AccessDenied");
  });
});
