import type { Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { Block, type PublicAccessBlock } from "./shapes.ts";

export interface AccountPublicAccessBlock {
  /** What holds for every bucket of the account; `null` when it was never set. */
  readonly publicAccessBlock: PublicAccessBlock | null | undefined;
}

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
  async *list({ aws, place }) {
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
