import { oncePerList } from "#checks/once";
import type { EventSelector, FieldSelector, Trail } from "#collectors/cloudtrail/trails";
import type { FoundBy } from "#collectors/registry";

/** CloudTrail calls them `ReadOnly` and `WriteOnly`. */
export const ways = ["read", "write"] as const;
export type Way = (typeof ways)[number];
type Selectors = Pick<Trail, "eventSelectors" | "advancedEventSelectors">;

/** Of the calls some selectors of a trail take in: those that read, that write, both or none. `undefined`: not known. */
export function waysOf(
  { eventSelectors, advancedEventSelectors }: Selectors,
  isBasic: (selector: EventSelector) => boolean,
  isAdvanced: (fields: readonly FieldSelector[]) => boolean,
): readonly Way[] | undefined {
  if (eventSelectors === undefined || advancedEventSelectors === undefined) return undefined;
  const taken = [
    ...eventSelectors.filter(isBasic).map(({ readWriteType }) => readWriteType),
    ...advancedEventSelectors.filter(isAdvanced).map(readWriteTypeOf),
  ];
  return ways.filter((way) =>
    taken.some((type) => type === "All" || type === `${way === "read" ? "Read" : "Write"}Only`),
  );
}

/** An advanced selector says it with the field `readOnly`. */
function readWriteTypeOf(fields: readonly FieldSelector[]): string {
  const readOnly = fields.find(({ field }) => field === "readOnly");
  return readOnly ? (readOnly.values.includes("true") ? "ReadOnly" : "WriteOnly") : "All";
}

/** Sources of many events may be left out (`eventSource`); any other condition takes in some management events only. */
export const managementWays = (selectors: Selectors): readonly Way[] | undefined =>
  waysOf(
    selectors,
    ({ includesManagementEvents }) => includesManagementEvents,
    (fields) =>
      fields.some((one) => isEqual(one, "eventCategory", "Management")) &&
      fields.every(
        ({ field, operator }) =>
          field === "eventCategory" || field === "readOnly" || (field === "eventSource" && operator === "NotEquals"),
      ),
  );

export const isEqual = ({ field, operator, values }: FieldSelector, name: string, value: string): boolean =>
  field === name && operator === "Equals" && values.includes(value);

/** Names of the buckets trails write to. */
export const trailBuckets = oncePerList(
  (trails: readonly FoundBy<"cloudtrail.trails">[]): ReadonlySet<string> =>
    new Set(trails.flatMap(({ attributes }) => attributes.s3BucketName ?? [])),
);
