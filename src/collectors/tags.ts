import { z } from "zod";
import { listAt } from "#aws/answer";
import type { AwsCaller, Operation } from "#aws/caller";
import { AwsFault } from "#aws/fault";

export type Tags = Readonly<Record<string, string>>;

/** The tags of a thing by its ARN; nothing there means it has none. `undefined`: tags could not be read. */
export type TagReader = (arn: string) => Tags | undefined;

const getResources: Operation = {
  service: "tagging",
  action: "GetResources",
  paging: { token: "PaginationToken", next: "PaginationToken", limit: ["ResourcesPerPage", 100] },
};
export const tagActions = ["tag:GetResources"] as const;

const Mapping = z.object({
  ResourceARN: z.string(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string().default("") })).default([]),
});

/**
 * The tags of all things of some kinds in a region. Source: Resource Groups Tagging API 2017-01-26, GetResources, 100 per
 * page. It answers the fault instead when AWS does not let us.
 */
export async function tagsIn(aws: AwsCaller, types: readonly string[]): Promise<ReadonlyMap<string, Tags> | AwsFault> {
  const tags = new Map<string, Tags>();
  try {
    for await (const page of aws.pages(getResources, { ResourceTypeFilters: types.toSorted() })) {
      for (const { ResourceARN, Tags } of z.array(Mapping).parse(listAt(page, "ResourceTagMappingList"))) {
        tags.set(ResourceARN, Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])));
      }
    }
    return tags;
  } catch (error) {
    if (error instanceof AwsFault) return error;
    throw error;
  }
}

/** What a list tells of a thing, with its tags; null: they could not be read. Plain JSON, as another task may be handed it. */
export interface Tagged<Listed> {
  readonly listed: Listed;
  readonly tags: Tags | null;
}

/** The things of a page with their tags, which are asked for with the first thing there is. */
export async function tagged<Listed>(
  { tags }: { tags(): Promise<TagReader> },
  things: readonly Listed[],
  arnOf: (listed: Listed) => string,
): Promise<readonly Tagged<Listed>[]> {
  if (things.length === 0) return [];
  const tagsOf = await tags();
  return things.map((listed) => ({ listed, tags: tagsOf(arnOf(listed)) ?? null }));
}

/** The tags of a thing, and whether they were read. */
export const tagFacts = (tags: Tags | null | undefined): { readonly tags: Tags; readonly tagsUnread: boolean } => ({
  tags: tags ?? {},
  tagsUnread: !tags,
});
