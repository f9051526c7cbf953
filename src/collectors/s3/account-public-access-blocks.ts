import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";

/** The four switches of S3 Block Public Access. */
export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

export interface AccountPublicAccessBlock {
  /** What holds for every bucket of the account; `null` when it was never set. */
  readonly publicAccessBlock: PublicAccessBlock | null | undefined;
}

const flag = z.stringbool().default(false);

/** Reads both answers, that of the account and that of a bucket. */
export const Block = z
  .object({ BlockPublicAcls: flag, IgnorePublicAcls: flag, BlockPublicPolicy: flag, RestrictPublicBuckets: flag })
  .transform((block): PublicAccessBlock => ({
    blockPublicAcls: block.BlockPublicAcls,
    ignorePublicAcls: block.IgnorePublicAcls,
    blockPublicPolicy: block.BlockPublicPolicy,
    restrictPublicBuckets: block.RestrictPublicBuckets,
  }));

const getPublicAccessBlock: Operation = {
  service: "s3control",
  action: "GetPublicAccessBlock",
  iam: "s3:GetAccountPublicAccessBlock",
  method: "GET",
  path: "/v20180820/configuration/publicAccessBlock",
};

/** Source: S3 Control API 2018-08-20, GetPublicAccessBlock. One per account, so there is always one thing found. */
export const collector: Collector<AccountPublicAccessBlock> = {
  id: "s3.accountPublicAccessBlocks",
  service: "s3",
  resourceType: "AWS::S3::AccountPublicAccessBlock",
  scope: "global",
  actions: ["s3:GetAccountPublicAccessBlock"],
  async *collect({ aws, place }) {
    const answer = await aws.attempt(getPublicAccessBlock, { AccountId: place.awsAccountId }, [
      "NoSuchPublicAccessBlockConfiguration",
    ]);
    yield [
      {
        nativeId: place.awsAccountId,
        arn: null,
        name: null,
        state: null,
        tags: {},
        createdAt: null,
        region: null,
        attributes: { publicAccessBlock: answer === null ? null : Block.safeParse(answer).data },
      },
    ];
  },
};
