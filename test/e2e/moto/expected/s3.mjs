import { GetBucketLocationCommand, paginateListBuckets, S3Client } from "@aws-sdk/client-s3";
import { GetPublicAccessBlockCommand, S3ControlClient } from "@aws-sdk/client-s3-control";

/** A bucket belongs to one region, and each region lists them all. */
export async function expected(client, region) {
  const s3 = client(S3Client);
  const all = (await Array.fromAsync(paginateListBuckets({ client: s3 }, {}), ({ Buckets }) => Buckets)).flat();
  const ids = [];
  for (const { Name } of all) {
    const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: Name }));
    if ((LocationConstraint ?? "us-east-1") === region) ids.push(`arn:aws:s3:::${Name}`);
  }
  return { "s3.buckets": ids };
}

/** The SDK puts the account before the host, where there is no such name here. */
const withoutAccount = (accountId) => (next) => (args) => {
  args.request.hostname = args.request.hostname.replace(`${accountId}.`, "");
  return next(args);
};

export async function expectedGlobally(client, accountId) {
  const control = client(S3ControlClient);
  control.middlewareStack.add(withoutAccount(accountId), { step: "build" });
  const answer = await control.send(new GetPublicAccessBlockCommand({ AccountId: accountId }));
  const block = answer.PublicAccessBlockConfiguration;
  const publicAccessBlock = {
    blockPublicAcls: block.BlockPublicAcls,
    ignorePublicAcls: block.IgnorePublicAcls,
    blockPublicPolicy: block.BlockPublicPolicy,
    restrictPublicBuckets: block.RestrictPublicBuckets,
  };
  return { "s3.accountPublicAccessBlocks": [[accountId, { publicAccessBlock }]] };
}
