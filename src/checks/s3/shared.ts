import type { PublicAccessBlock } from "#collectors/s3/shapes";

const settings = ["blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"] as const;

/** The settings none of these blocks switches on. S3 applies account and bucket together, the stricter of the two winning. */
export const settingsOff = (...blocks: readonly (PublicAccessBlock | null | undefined)[]): readonly string[] =>
  settings.filter((setting) => !blocks.some((block) => block?.[setting]));

/** Whether an action, or a pattern of a policy, does no more than read. */
export const isReading = (action: string): boolean => /^s3:(get|list|head|describe)/i.test(action);
