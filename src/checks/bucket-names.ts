import type { FoundBy } from "#collectors/registry";
import { oncePerList } from "./once.ts";

/** The names of an account's buckets. Every bucket is listed, whatever region it lies in. */
export const bucketNames = oncePerList(
  (buckets: readonly FoundBy<"s3.buckets">[]): ReadonlySet<string | null> => new Set(buckets.map(({ name }) => name)),
);
