import type { AwsCaller } from "#aws/caller";
import type { CollectContext, Collector, Found, Measures, Place } from "./collector.ts";
import { figuresFor, type Figure, type MetricQuery } from "./metrics.ts";
import { tagFacts, tagsFor, type Tags } from "./tags.ts";

/** The things a collector listed, each with what only a call about itself tells. */
export async function described<Attributes extends object, Observed extends object, Item>(
  collector: Collector<Attributes, Observed, Item>,
  context: CollectContext,
  items: readonly Item[],
): Promise<readonly Found<Attributes, Observed>[]> {
  const { batch = 1 } = collector;
  const describe = collector.describe?.bind(collector);
  // safe: without `describe` a list yields what was found.
  if (!describe) return items as unknown as readonly Found<Attributes, Observed>[];
  const starts = Array.from({ length: Math.ceil(items.length / batch) }, (_, at) => at * batch);
  const found = await Promise.all(starts.map((start) => describe(context, items.slice(start, start + batch))));
  return found.flat();
}

/** A found thing, and what is asked of AWS about many things at once. */
export interface Asked<Attributes extends object = object, Observed extends object = object> {
  readonly found: Found<Attributes, Observed>;
  readonly queries: readonly MetricQuery[];
  readonly measures: Measures<Attributes, Observed> | undefined;
}

export const askedOf = <Attributes extends object, Observed extends object>(
  { measures }: Pick<Collector<Attributes, Observed>, "measures">,
  place: Place,
  found: Found<Attributes, Observed>,
): Asked<Attributes, Observed> => ({ found, queries: measures?.queries(found, place) ?? [], measures });

/** Whether a thing lacks anything of that. */
export const isWanting = <Attributes extends object, Observed extends object>({
  found,
  queries,
}: Asked<Attributes, Observed>): boolean => found.taggedAs !== undefined || queries.length > 0;

/** Who is told of gaps in the tags, and in the figures. */
export interface Askers {
  readonly tags: AwsCaller;
  readonly figures: AwsCaller;
}

/** The things, in their order, with tags and figures: each asked for all of them together. */
export async function completed<Attributes extends object, Observed extends object>(
  asked: readonly Asked<Attributes, Observed>[],
  askers: Askers,
  now: Date,
): Promise<readonly Found<Attributes, Observed>[]> {
  const arns = asked.flatMap(({ found }) => found.taggedAs ?? []);
  const queries = asked.map((one) => one.queries);
  const [tags, figures] = await Promise.all([tagsFor(askers.tags, arns), figuresFor(askers.figures, queries, now)]);
  const tagsOf = new Map(arns.map((arn, at) => [arn, tags[at]]));
  return asked.map((one, at) => withFigures(one, withTags(one.found, tagsOf), figures[at] ?? []));
}

function withTags<Thing extends Found<object, object>>(
  found: Thing,
  tags: ReadonlyMap<string, Tags | undefined>,
): Thing {
  const { taggedAs, ...rest } = found;
  // safe: nothing but the question is left out.
  return taggedAs === undefined ? found : ({ ...rest, ...tagFacts(tags.get(taggedAs)) } as Thing);
}

const withFigures = <Attributes extends object, Observed extends object>(
  { queries, measures }: Asked<Attributes, Observed>,
  found: Found<Attributes, Observed>,
  figures: readonly Figure[],
): Found<Attributes, Observed> => (measures && queries.length > 0 ? measures.with(found, figures) : found);

/** A `describe` that reads one thing by itself; null is left out: it is gone since it was listed. */
export const oneByOne =
  <Item, Thing>(found: (context: CollectContext, item: Item) => Promise<Thing | null>) =>
  async (context: CollectContext, items: readonly Item[]): Promise<readonly Thing[]> => {
    const things = await Promise.all(items.map((item) => found(context, item)));
    return things.filter((thing) => thing !== null);
  };
