import type { CollectContext, Collector, Found } from "./collector.ts";
import { figuresFor } from "./metrics.ts";

/** The things a collector listed, each with what only a call about itself tells. */
export async function described<Attributes extends object, Observed extends object, Item>(
  collector: Collector<Attributes, Observed, Item>,
  context: CollectContext,
  items: readonly Item[],
): Promise<readonly Found<Attributes, Observed>[]> {
  const { batch = 1 } = collector;
  // safe: without `describe` a list yields what was found.
  if (!collector.describe) return items as unknown as readonly Found<Attributes, Observed>[];
  const starts = Array.from({ length: Math.ceil(items.length / batch) }, (_, at) => at * batch);
  const found = await Promise.all(
    starts.map((start) => collector.describe?.(context, items.slice(start, start + batch)) ?? []),
  );
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
