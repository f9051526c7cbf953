/** The hosts under which S3 serves one bucket: its REST, website, dual-stack and accelerated endpoints. */
const bucketHost =
  /^(.+?)\.s3(?:-website|-accelerate)?(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/;

/** The bucket a host stands for; null when it is no host of a bucket. */
export const bucketOf = (host: string): string | null => bucketHost.exec(host)?.[1] ?? null;
