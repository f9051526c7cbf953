import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { flag, inner, innerList, instant, list, nameOf, ordered, tagSet, text } from "./shapes.ts";

export interface ImageAttributes {
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

const Image = z.object({
  imageId: z.string(),
  name: text,
  description: text,
  imageState: text,
  isPublic: flag,
  creationDate: instant,
  architecture: text,
  platformDetails: text,
  rootDeviceType: text,
  imdsSupport: text,
  deprecationTime: instant,
  lastLaunchedTime: instant,
  blockDeviceMapping: innerList(z.object({ ebs: inner(z.object({ snapshotId: text })) })),
  tagSet,
});
const Page = z.object({ imagesSet: list(Image) });

const describeImages = {
  service: "ec2",
  action: "DescribeImages",
  paging: { token: "NextToken", next: "nextToken", limit: ["MaxResults", 1000] },
} as const satisfies Operation;

/** Source: EC2 API 2016-11-15, DescribeImages of the account's own images, disabled ones too, 1,000 per page. */
export const collector: Collector<ImageAttributes, ImageObserved> = {
  id: "ec2.images",
  service: "ec2",
  resourceType: "AWS::EC2::Image",
  scope: "regional",
  actions: ["ec2:DescribeImages"],
  async *list({ aws, place }) {
    // A disabled image still needs its snapshots, so leaving it out would make them look unused.
    for await (const page of aws.pages(describeImages, { "Owner.1": "self", IncludeDisabled: true })) {
      yield Page.parse(page).imagesSet.map((image) => found(image, place));
    }
  },
};

function found(image: z.infer<typeof Image>, place: Place): Found<ImageAttributes, ImageObserved> {
  // Image ARNs carry no account (AWS service authorization reference, Amazon EC2).
  const arn = `arn:${place.partition}:ec2:${place.region}::image/${image.imageId}`;
  return {
    nativeId: arn,
    arn,
    name: image.name ?? nameOf(image.tagSet),
    state: image.imageState,
    tags: image.tagSet,
    createdAt: image.creationDate,
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
      snapshotIds: ordered(image.blockDeviceMapping.map(({ ebs }) => ebs?.snapshotId ?? null)),
    },
    observed: { lastLaunchedAt: image.lastLaunchedTime },
  };
}
