import { findingIdsOf } from "./change.ts";
import type { ClaimedTask } from "./claim.ts";
import type { Gone } from "./slice.ts";
import { storedBy } from "./stored.ts";

/**
 * What is stored of collectors whose lists were seen whole, and was not in them: it is gone from the account. `wasSeen` says
 * of a collector which ids were.
 */
export async function* goneOf(
  task: Pick<ClaimedTask, "org" | "account">,
  place: string,
  wasSeen: ReadonlyMap<string, (id: string) => boolean>,
): AsyncGenerator<readonly Gone[], void> {
  for await (const page of storedBy(task, place, [...wasSeen.keys()])) {
    const gone = page.filter(({ id, collector }) => wasSeen.get(collector)?.(id) === false);
    yield await Promise.all(
      gone.map(async (resource) => ({
        id: resource.id,
        collector: resource.collector,
        findingIds: await findingIdsOf(resource),
      })),
    );
  }
}
