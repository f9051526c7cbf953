import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/images";
import { collect, fakeAws, inPages } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const image = `
  <item>
    <imageId>ami-0abcdef1234567890</imageId>
    <imageLocation>111122223333/web-2026-01</imageLocation>
    <imageState>available</imageState>
    <imageOwnerId>111122223333</imageOwnerId>
    <isPublic>true</isPublic>
    <architecture>arm64</architecture>
    <imageType>machine</imageType>
    <name>web-2026-01</name>
    <description>nightly build</description>
    <rootDeviceType>ebs</rootDeviceType>
    <rootDeviceName>/dev/xvda</rootDeviceName>
    <blockDeviceMapping>
      <item>
        <deviceName>/dev/xvda</deviceName>
        <ebs><snapshotId>snap-0b</snapshotId><volumeSize>8</volumeSize><volumeType>gp3</volumeType></ebs>
      </item>
      <item>
        <deviceName>/dev/sdf</deviceName>
        <ebs><snapshotId>snap-0a</snapshotId><volumeSize>100</volumeSize></ebs>
      </item>
      <item><deviceName>/dev/sdg</deviceName><ebs><volumeSize>10</volumeSize></ebs></item>
      <item><deviceName>/dev/sdb</deviceName><virtualName>ephemeral0</virtualName></item>
      <item><deviceName>/dev/sdc</deviceName><noDevice/></item>
    </blockDeviceMapping>
    <virtualizationType>hvm</virtualizationType>
    <tagSet><item><key>Name</key><value>tagged</value></item></tagSet>
    <hypervisor>xen</hypervisor>
    <platformDetails>Linux/UNIX</platformDetails>
    <creationDate>2026-01-05T10:00:00.000Z</creationDate>
    <deprecationTime>2028-01-05T10:00:00.000Z</deprecationTime>
    <imdsSupport>v2.0</imdsSupport>
    <lastLaunchedTime>2026-05-01T06:00:00Z</lastLaunchedTime>
  </item>`;

const bare = `<item><imageId>ami-0b</imageId><imageState>disabled</imageState><isPublic>false</isPublic>
  <blockDeviceMapping/><creationDate/></item>`;

const page = (items: string, token = "") =>
  response("DescribeImages", `<imagesSet>${items}</imagesSet>${token && `<nextToken>${token}</nextToken>`}`);

describe("ec2.images", () => {
  it("reads every fact; when it was last launched is only observed", async ({ expect }) => {
    const aws = fakeAws(inPages(page(image)));
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1::image/ami-0abcdef1234567890",
          arn: "arn:aws:ec2:eu-west-1::image/ami-0abcdef1234567890",
          name: "web-2026-01",
          state: "available",
          tags: { Name: "tagged" },
          createdAt: "2026-01-05T10:00:00.000Z",
          costMonthly: 0,
          relations: [
            relation("madeOf", "Snapshot", ":snapshot/snap-0a"),
            relation("madeOf", "Snapshot", ":snapshot/snap-0b"),
          ],
          attributes: {
            imageId: "ami-0abcdef1234567890",
            imageName: "web-2026-01",
            description: "nightly build",
            public: true,
            architecture: "arm64",
            platform: "Linux/UNIX",
            rootDeviceType: "ebs",
            imdsSupport: "v2.0",
            deprecatedAt: "2028-01-05T10:00:00.000Z",
            snapshotIds: ["snap-0a", "snap-0b"],
          },
          observed: { lastLaunchedAt: "2026-05-01T06:00:00.000Z" },
        },
      ],
    ]);
  });

  it("asks for the account's own, disabled ones too, page by page", async ({ expect }) => {
    const aws = fakeAws(inPages(page(image, "1"), page(bare)));
    const pages = await collect(collector, aws);
    expect(pages.map((one) => one.length)).toEqual([1, 1]);
    expect(pages[1]?.[0]).toMatchObject({ name: null, state: "disabled", createdAt: null });
    expect(pages[1]?.[0]?.attributes).toMatchObject({ public: false, snapshotIds: [], imdsSupport: null });
    expect(aws.calls[0]?.input).toEqual({ "Owner.1": "self", IncludeDisabled: true, MaxResults: 1000 });
  });

  it("yields nothing for an account without images", async ({ expect }) => {
    expect(await collect(collector, fakeAws(inPages(page(""))))).toEqual([[]]);
  });

  it("refuses an image that does not say whether it is public", async ({ expect }) => {
    const aws = fakeAws(inPages(page(image.replace("<isPublic>true</isPublic>", ""))));
    await expect(collect(collector, aws)).rejects.toThrow("isPublic");
  });
});
