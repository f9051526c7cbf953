import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/volumes";
import { collect, fakeAws, inPages } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const attached = `
  <item>
    <volumeId>vol-049df61146c4d7901</volumeId>
    <size>80</size>
    <snapshotId>snap-0e1b2c3d4e5f60718</snapshotId>
    <availabilityZone>eu-west-1a</availabilityZone>
    <status>in-use</status>
    <createTime>2026-01-18T22:35:00.084Z</createTime>
    <attachmentSet>
      <item>
        <volumeId>vol-049df61146c4d7901</volumeId>
        <instanceId>i-1234567890abcdef0</instanceId>
        <device>/dev/sda1</device>
        <status>attached</status>
        <attachTime>2026-01-19T00:00:00.000Z</attachTime>
        <deleteOnTermination>true</deleteOnTermination>
      </item>
      <item>
        <volumeId>vol-049df61146c4d7901</volumeId>
        <instanceId>i-0000000000abcdef0</instanceId>
        <device>/dev/sdf</device>
        <status>attached</status>
        <attachTime>2026-01-20T00:00:00.000Z</attachTime>
      </item>
    </attachmentSet>
    <tagSet>
      <item><key>Name</key><value>data &amp; logs</value></item>
      <item><key>aws:createdBy</key><value/></item>
      <item><key>build</key><value>0123</value></item>
    </tagSet>
    <volumeType>io2</volumeType>
    <iops>4000</iops>
    <encrypted>true</encrypted>
    <kmsKeyId>arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d</kmsKeyId>
    <multiAttachEnabled>true</multiAttachEnabled>
  </item>`;

const bare = `
  <item>
    <volumeId>vol-0f</volumeId>
    <size>8</size>
    <snapshotId/>
    <availabilityZone>eu-west-1b</availabilityZone>
    <status>available</status>
    <createTime>2026-02-01T00:00:00Z</createTime>
    <attachmentSet/>
    <volumeType>gp3</volumeType>
    <iops>3000</iops>
    <throughput>125</throughput>
    <encrypted>false</encrypted>
  </item>`;

const page = (items: string, token = "") =>
  response("DescribeVolumes", `<volumeSet>${items}</volumeSet>${token && `<nextToken>${token}</nextToken>`}`);

describe("ec2.volumes", () => {
  it("reads every fact of an attached volume", async ({ expect }) => {
    const aws = fakeAws(inPages(page(attached)));
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:volume/vol-049df61146c4d7901",
          arn: "arn:aws:ec2:eu-west-1:111122223333:volume/vol-049df61146c4d7901",
          name: "data & logs",
          state: "in-use",
          tags: { Name: "data & logs", "aws:createdBy": "", build: "0123" },
          createdAt: "2026-01-18T22:35:00.084Z",
          // (80 × 0.125 + 4,000 × 0.065) × 1.11
          costMonthly: expect.closeTo(299.7, 6),
          relations: [
            relation("attachedTo", "Instance", "111122223333:instance/i-0000000000abcdef0"),
            relation("attachedTo", "Instance", "111122223333:instance/i-1234567890abcdef0"),
            relation("restoredFrom", "Snapshot", ":snapshot/snap-0e1b2c3d4e5f60718"),
            {
              kind: "encryptedBy",
              resourceType: "AWS::KMS::Key",
              target: "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d",
            },
          ],
          attributes: {
            volumeId: "vol-049df61146c4d7901",
            volumeType: "io2",
            sizeGib: 80,
            iops: 4000,
            throughputMibps: null,
            encrypted: true,
            kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d",
            availabilityZone: "eu-west-1a",
            snapshotId: "snap-0e1b2c3d4e5f60718",
            multiAttachEnabled: true,
            attachments: [
              {
                instanceId: "i-0000000000abcdef0",
                device: "/dev/sdf",
                state: "attached",
                attachedAt: "2026-01-20T00:00:00.000Z",
                deleteOnTermination: null,
              },
              {
                instanceId: "i-1234567890abcdef0",
                device: "/dev/sda1",
                state: "attached",
                attachedAt: "2026-01-19T00:00:00.000Z",
                deleteOnTermination: true,
              },
            ],
          },
        },
      ],
    ]);
  });

  it("reads what is left out or empty as null", async ({ expect }) => {
    const [[volume] = []] = await collect(collector, fakeAws(inPages(page(bare))));
    expect(volume).toMatchObject({ name: null, state: "available", tags: {}, createdAt: "2026-02-01T00:00:00.000Z" });
    expect(volume?.relations).toEqual([]);
    expect(volume?.attributes).toMatchObject({
      snapshotId: null,
      kmsKeyId: null,
      multiAttachEnabled: null,
      throughputMibps: 125,
      encrypted: false,
      attachments: [],
    });
  });

  it("yields page by page, 1,000 at a time", async ({ expect }) => {
    const aws = fakeAws(inPages(page(attached, "1"), page("", "2"), page(bare + bare)));
    const pages = await collect(collector, aws);
    expect(pages.map((one) => one.length)).toEqual([1, 0, 2]);
    expect(aws.calls.map(({ input }) => input)).toEqual([
      { MaxResults: 1000 },
      { MaxResults: 1000, NextToken: "1" },
      { MaxResults: 1000, NextToken: "2" },
    ]);
  });

  it("asks once when there is nothing", async ({ expect }) => {
    const aws = fakeAws(inPages(response("DescribeVolumes", "<volumeSet/>")));
    expect(await collect(collector, aws)).toEqual([[]]);
    expect(aws.calls).toHaveLength(1);
  });

  it.for([
    ["an answer without the list", response("DescribeVolumes", "")],
    ["a size that is no number", page(bare.replace("<size>8<", "<size>eight<"))],
    ["an encryption flag that is neither", page(bare.replace("<encrypted>false<", "<encrypted>maybe<"))],
    ["no encryption flag", page(bare.replace("<encrypted>false</encrypted>", ""))],
    ["a time that is none", page(bare.replace("2026-02-01T00:00:00Z", "yesterday"))],
    ["a volume without id", page(bare.replace("<volumeId>vol-0f</volumeId>", ""))],
  ] as const)("refuses %s", async ([, body], { expect }) => {
    await expect(collect(collector, fakeAws(inPages(body)))).rejects.toThrow();
  });
});
