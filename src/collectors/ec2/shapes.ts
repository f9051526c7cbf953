import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Found, Place } from "#collectors/collector";
import { listOf, wholeListOf } from "#collectors/xml";

/** The list an answer is about. */
export const list = <Entry extends z.ZodType>(entry: Entry) => wholeListOf("item", entry);

/** A list inside an entry, which EC2 leaves out or empty when there is nothing in it. */
export const innerList = <Entry extends z.ZodType>(entry: Entry) => listOf("item", entry);

export const tagSet = innerList(z.object({ key: z.string(), value: z.string().default("") })).transform(
  (tags): Readonly<Record<string, string>> => Object.fromEntries(tags.map(({ key, value }) => [key, value])),
);

/** The `Name` tag, which is what EC2's console calls the name. */
export const nameOf = (tags: Readonly<Record<string, string>>): string | null => tags["Name"] || null;

/** An operation that lists so many things a page, in the way of all of EC2's. */
export const listing = (action: string, size = 1000) =>
  ({
    service: "ec2",
    action,
    paging: { token: "NextToken", next: "nextToken", limit: ["MaxResults", size] },
  }) as const satisfies Operation;

/** Read for what they are, and for what they tell of subnets and VPCs. */
export const describeRouteTables = listing("DescribeRouteTables", 100);
export const describeFlowLogs = listing("DescribeFlowLogs");

/** Who owns a thing: what is in a shared VPC is listed to its guests, too. */
export const homeOf = (ownerId: string | null, place: Place): Place => ({
  ...place,
  awsAccountId: ownerId ?? place.awsAccountId,
});

/** A setting of the region as a thing: there is one, and it has no ARN. */
export const regionSetting = <Attributes>({ region }: Place, attributes: Attributes): Found<Attributes> => ({
  nativeId: region,
  arn: null,
  name: null,
  state: null,
  tags: {},
  createdAt: null,
  costMonthly: 0,
  attributes,
});
