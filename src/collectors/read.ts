import type { CollectContext, Collector, Found } from "./collector.ts";
import { figuresFor } from "./metrics.ts";

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

/** Things with the figures their collector wants of them; those it wants none of stay as they are. */
export async function measured<Attributes extends object, Observed extends object>(
  { measures }: Pick<Collector<Attributes, Observed>, "measures">,
  { aws, place, now }: CollectContext,
  found: readonly Found<Attributes, Observed>[],
): Promise<readonly Found<Attributes, Observed>[]> {
  if (!measures) return found;
  const queries = found.map((one) => measures.queries(one, place));
  const figures = await figuresFor(aws, queries, now);
  return found.map((one, at) => (queries[at]?.length ? measures.with(one, figures[at] ?? []) : one));
}

/** A `describe` that reads one thing by itself; null is left out: it is gone since it was listed. */
export const oneByOne =
  <Item, Thing>(found: (context: CollectContext, item: Item) => Promise<Thing | null>) =>
  async (context: CollectContext, items: readonly Item[]): Promise<readonly Thing[]> => {
    const things = await Promise.all(items.map((item) => found(context, item)));
    return things.filter((thing) => thing !== null);
  };
