import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import type { Collector } from "#collectors/collector";
import { flag, instant, list } from "#collectors/json";
import { by } from "#collectors/order";
import { arnIn } from "#collectors/relations";

/** Security Hub in a region. There is one for every region, so that a missing hub can be told. */
export interface Hub {
  /** `undefined`: could not be read. */
  readonly isEnabled: boolean | undefined;
  /** What it checks; null: there is no hub. */
  readonly standards: readonly Standard[] | null | undefined;
  readonly autoEnablesControls: boolean | null;
}

export interface Standard {
  /** `arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0`. */
  readonly arn: string;
  /** `READY`, `PENDING`, `FAILED`, `DELETING` or `INCOMPLETE`. */
  readonly status: string;
}

const describeHub: Operation = { service: "securityhub", action: "DescribeHub", method: "GET", path: "/accounts" };
const getEnabledStandards: Operation = {
  service: "securityhub",
  action: "GetEnabledStandards",
  method: "POST",
  path: "/standards/get",
};

const HubAnswer = z.object({ HubArn: z.string(), SubscribedAt: instant, AutoEnableControls: flag });
const Standards = z.object({
  StandardsSubscriptions: list(z.object({ StandardsArn: z.string(), StandardsStatus: z.string() })),
});

/** Source: Security Hub API 2018-10-26, DescribeHub, and GetEnabledStandards (100 at once) where there is a hub. */
export const collector: Collector<Hub> = {
  id: "securityhub.hubs",
  service: "securityhub",
  resourceType: "AWS::SecurityHub::Hub",
  scope: "regional",
  actions: ["securityhub:DescribeHub", "securityhub:GetEnabledStandards"],
  async *list({ aws, place }) {
    // InvalidAccessException is how Security Hub says that the account has not enabled it.
    const answer = await aws.attempt(describeHub, {}, ["InvalidAccessException", "ResourceNotFoundException"]);
    const hub = answer === null ? null : HubAnswer.safeParse(answer).data;
    yield [
      {
        nativeId: arnIn(place, "securityhub", `hub/default`),
        arn: hub?.HubArn ?? null,
        name: null,
        state: null,
        tags: {},
        createdAt: hub?.SubscribedAt ?? null,
        attributes: {
          isEnabled: hub === undefined ? undefined : hub !== null,
          standards: hub && (await standardsOf(aws)),
          autoEnablesControls: hub?.AutoEnableControls ?? null,
        },
      },
    ];
  },
};

async function standardsOf(aws: AwsCaller): Promise<readonly Standard[] | undefined> {
  const answer = await aws.attempt(getEnabledStandards, { MaxResults: 100 });
  return Standards.safeParse(answer)
    .data?.StandardsSubscriptions.map(({ StandardsArn, StandardsStatus }) => ({
      arn: StandardsArn,
      status: StandardsStatus,
    }))
    .toSorted(by(({ arn }) => arn));
}
