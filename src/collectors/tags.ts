import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import { AwsFault } from "#aws/fault";

export type Tags = Readonly<Record<string, string>>;

const getResources: Operation = { service: "tagging", action: "GetResources" };
export const tagActions = ["tag:GetResources"] as const;

/** Source: Resource Groups Tagging API 2017-01-26, GetResources: 100 ARNs a call, answered in one page. */
const arnsMax = 100;

const Answer = z.object({
  ResourceTagMappingList: z.array(
    z.object({
      ResourceARN: z.string(),
      Tags: z.array(z.object({ Key: z.string(), Value: z.string().default("") })).default([]),
    }),
  ),
});

/** The tags of each of some things, in their order; `undefined`: they could not be read, and the gap is kept. */
export async function tagsFor(aws: AwsCaller, arns: readonly string[]): Promise<(Tags | undefined)[]> {
  const starts = Array.from({ length: Math.ceil(arns.length / arnsMax) }, (_, at) => at * arnsMax);
  const batches = await Promise.all(starts.map((start) => batchOf(aws, arns.slice(start, start + arnsMax))));
  return batches.flat();
}

/** What the tagging API does not name has no tags. */
async function batchOf(aws: AwsCaller, arns: readonly string[]): Promise<(Tags | undefined)[]> {
  try {
    const { ResourceTagMappingList } = Answer.parse(await aws.call(getResources, { ResourceARNList: arns }));
    const tags = new Map(ResourceTagMappingList.map((one) => [one.ResourceARN, tagsIn(one.Tags)]));
    return arns.map((arn) => tags.get(arn) ?? {});
  } catch (error) {
    if (error instanceof AwsFault && error.code === "InvalidParameterException") return halved(aws, arns);
    aws.gap(error);
    return arns.map(() => undefined);
  }
}

/** An ARN that AWS does not take spoils the call for those beside it: it is found by halves, and has no tags there. */
async function halved(aws: AwsCaller, arns: readonly string[]): Promise<(Tags | undefined)[]> {
  if (arns.length === 1) return [{}];
  const middle = Math.ceil(arns.length / 2);
  return [...(await batchOf(aws, arns.slice(0, middle))), ...(await batchOf(aws, arns.slice(middle)))];
}

const tagsIn = (tags: readonly { readonly Key: string; readonly Value: string }[]): Tags =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

/** The tags of a thing, and whether they were read. */
export const tagFacts = (tags: Tags | null | undefined): { readonly tags: Tags; readonly tagsUnread: boolean } => ({
  tags: tags ?? {},
  tagsUnread: !tags,
});

/** Of a thing whose tags the tagging API tells by this ARN. */
export const taggedAs = (arn: string): { readonly tags: Tags; readonly taggedAs: string } => ({
  tags: {},
  taggedAs: arn,
});
