import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { claim } from "#collectors/xml";
import { regionSetting } from "./shapes.ts";

export interface EbsEncryptionDefault {
  /** New volumes and copies of snapshots are encrypted, whoever makes them and however. */
  readonly encryptedByDefault: boolean | undefined;
}

const getEbsEncryptionByDefault: Operation = { service: "ec2", action: "GetEbsEncryptionByDefault" };

const Answer = z.object({ ebsEncryptionByDefault: claim });

/** Source: EC2 API 2016-11-15, GetEbsEncryptionByDefault. One per region, so there is always one thing found. */
export const collector: Collector<EbsEncryptionDefault> = {
  id: "ec2.ebsEncryptionDefaults",
  service: "ec2",
  resourceType: "AWS::EC2::EBSEncryptionByDefault",
  scope: "regional",
  actions: ["ec2:GetEbsEncryptionByDefault"],
  async *list({ aws, place }) {
    const answer = Answer.safeParse(await aws.attempt(getEbsEncryptionByDefault, {})).data;
    yield [regionSetting(place, { encryptedByDefault: answer?.ebsEncryptionByDefault })];
  },
};
