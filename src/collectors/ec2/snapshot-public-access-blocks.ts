import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { text } from "#collectors/xml";
import { regionSetting } from "./shapes.ts";

export interface SnapshotPublicAccessBlock {
  /** `block-all-sharing`, `block-new-sharing` or `unblocked`: what becomes of snapshots that are to be public. */
  readonly blockState: string | undefined;
  /** `account` or `declarative-policy`. */
  readonly managedBy: string | null | undefined;
}

const getSnapshotBlockPublicAccessState: Operation = { service: "ec2", action: "GetSnapshotBlockPublicAccessState" };

const Answer = z.object({ state: z.string().min(1), managedBy: text });

/** Source: EC2 API 2016-11-15, GetSnapshotBlockPublicAccessState. One per region, so there is always one thing found. */
export const collector: Collector<SnapshotPublicAccessBlock> = {
  id: "ec2.snapshotPublicAccessBlocks",
  service: "ec2",
  resourceType: "AWS::EC2::SnapshotBlockPublicAccess",
  scope: "regional",
  actions: ["ec2:GetSnapshotBlockPublicAccessState"],
  async *list({ aws, place }) {
    const answer = Answer.safeParse(await aws.attempt(getSnapshotBlockPublicAccessState, {})).data;
    yield [regionSetting(place, { blockState: answer?.state, managedBy: answer?.managedBy })];
  },
};
