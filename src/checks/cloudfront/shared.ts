import type { Exposure } from "#checks/check";
import type { FoundBy } from "#collectors/registry";

type Distribution = FoundBy<"cloudfront.distributions">["attributes"];

/** A distribution answers everybody, unless it is switched off. */
export const exposureOf = ({ enabled }: Pick<Distribution, "enabled">): Exposure =>
  enabled === false ? "idle" : "internet";

/** A field of a listed distribution, named as AWS does. */
export const listedEvidence = (field: string, value: unknown) => ({
  call: "cloudfront:ListDistributions",
  field: `DistributionList.Items[].${field}`,
  value,
});
