import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import { AwsFault } from "#aws/fault";
import { text } from "#collectors/json";

const describeOrganization: Operation = { service: "organizations", action: "DescribeOrganization" };
export const organizationActions = ["organizations:DescribeOrganization"] as const;

const Answer = z.object({
  Organization: z.object({
    Id: z.string(),
    Arn: z.string(),
    FeatureSet: text,
    MasterAccountId: z.string(),
  }),
});

export type Organization = z.infer<typeof Answer>["Organization"];

/**
 * The organization an account is in; null: it is in none. Asked once for all collectors. Source: Organizations API 2016-11-28,
 * DescribeOrganization, which every member account may call.
 */
export async function organizationOf(aws: AwsCaller): Promise<Organization | null> {
  try {
    return Answer.parse(await aws.shared(describeOrganization)).Organization;
  } catch (error) {
    if (error instanceof AwsFault && error.code === "AWSOrganizationsNotInUseException") return null;
    throw error;
  }
}
