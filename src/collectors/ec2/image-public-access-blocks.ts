import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { text } from "#collectors/xml";
import { regionSetting } from "./shapes.ts";

export interface ImagePublicAccessBlock {
  /** `block-new-sharing` or `unblocked`: whether images can be made public. */
  readonly blockState: string | undefined;
  /** `account` or `declarative-policy`. */
  readonly managedBy: string | null | undefined;
}

const getImageBlockPublicAccessState: Operation = { service: "ec2", action: "GetImageBlockPublicAccessState" };

const Answer = z.object({ imageBlockPublicAccessState: z.string().min(1), managedBy: text });

/** Source: EC2 API 2016-11-15, GetImageBlockPublicAccessState. One per region, so there is always one thing found. */
export const collector: Collector<ImagePublicAccessBlock> = {
  id: "ec2.imagePublicAccessBlocks",
  service: "ec2",
  resourceType: "AWS::EC2::ImageBlockPublicAccess",
  scope: "regional",
  actions: ["ec2:GetImageBlockPublicAccessState"],
  async *list({ aws, place }) {
    const answer = Answer.safeParse(await aws.attempt(getImageBlockPublicAccessState, {})).data;
    yield [regionSetting(place, { blockState: answer?.imageBlockPublicAccessState, managedBy: answer?.managedBy })];
  },
};
