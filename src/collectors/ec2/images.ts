import { z } from "zod";
import type { Collector, Found, Place } from "#collectors/collector";
import { ordered } from "#collectors/order";
import { ec2Arn, relatedEc2 } from "#collectors/relations";
import { claim, instant, part, text } from "#collectors/xml";
import { innerList, list, listing, nameOf, tagSet } from "./shapes.ts";

export interface Image {
  readonly imageId: string;
  /** The name it was registered with; the resource's `name` prefers it to the tag. */
  readonly imageName: string | null;
  readonly description: string | null;
  /** Every AWS account may launch it. */
  readonly public: boolean;
  readonly architecture: string | null;
  readonly platform: string | null;
  readonly rootDeviceType: string | null;
  /** `v2.0` when instances launched from it need IMDSv2. */
  readonly imdsSupport: string | null;
  readonly deprecatedAt: string | null;
  /** Snapshots behind its block devices. */
  readonly snapshotIds: readonly string[];
}

export interface ImageObserved {
  /** AWS reports it with a delay of a day. */
  readonly lastLaunchedAt: string | null;
}

const ListedImage = z.object({
  imageId: z.string(),
  name: text,
  description: text,
  imageState: text,
  isPublic: claim,
  creationDate: instant,
  architecture: text,
  platformDetails: text,
  rootDeviceType: text,
  imdsSupport: text,
  deprecationTime: instant,
  lastLaunchedTime: instant,
  blockDeviceMapping: innerList(z.object({ ebs: part({ snapshotId: text }) })),
  tagSet,
});
type ListedImage = z.infer<typeof ListedImage>;
const Page = z.object({ imagesSet: list(ListedImage) });

const describeImages = listing("DescribeImages");

/** Source: EC2 API 2016-11-15, DescribeImages of the account's own images, disabled ones too, 1,000 per page. */
export const collector: Collector<Image, ImageObserved> = {
  id: "ec2.images",
  service: "ec2",
  resourceType: "AWS::EC2::Image",
  scope: "regional",
  actions: ["ec2:DescribeImages"],
  async *list({ aws, place }) {
    // A disabled image still needs its snapshots, so leaving it out would make them look unused.
    for await (const page of aws.walk(describeImages, { "Owner.1": "self", IncludeDisabled: true })) {
      yield Page.parse(page).imagesSet.map((image) => found(image, place));
    }
  },
};

function found(image: ListedImage, place: Place): Found<Image, ImageObserved> {
  const arn = ec2Arn(place, "Image", image.imageId);
  const snapshotIds = ordered(image.blockDeviceMapping.map(({ ebs }) => ebs.snapshotId));
  return {
    nativeId: arn,
    arn,
    name: image.name ?? nameOf(image.tagSet),
    state: image.imageState,
    tags: image.tagSet,
    createdAt: image.creationDate,
    // Its snapshots are what is paid for.
    costMonthly: 0,
    relations: relatedEc2("madeOf", "Snapshot", snapshotIds, place),
    attributes: {
      imageId: image.imageId,
      imageName: image.name,
      description: image.description,
      public: image.isPublic,
      architecture: image.architecture,
      platform: image.platformDetails,
      rootDeviceType: image.rootDeviceType,
      imdsSupport: image.imdsSupport,
      deprecatedAt: image.deprecationTime,
      snapshotIds,
    },
    observed: { lastLaunchedAt: image.lastLaunchedTime },
  };
}
