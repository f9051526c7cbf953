import { z } from "zod";
import { toggle } from "#collectors/xml";

/** The four switches of S3 Block Public Access. */
export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** Reads both answers, that of the account and that of a bucket. */
export const Block = z
  .object({
    BlockPublicAcls: toggle,
    IgnorePublicAcls: toggle,
    BlockPublicPolicy: toggle,
    RestrictPublicBuckets: toggle,
  })
  .transform((block): PublicAccessBlock => ({
    blockPublicAcls: block.BlockPublicAcls,
    ignorePublicAcls: block.IgnorePublicAcls,
    blockPublicPolicy: block.BlockPublicPolicy,
    restrictPublicBuckets: block.RestrictPublicBuckets,
  }));
