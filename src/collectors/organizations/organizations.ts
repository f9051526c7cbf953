import type { Collector } from "#collectors/collector";
import { organizationActions, organizationOf } from "./shapes.ts";

/** The organization the account is in. */
export interface Organization {
  readonly organizationId: string;
  readonly managementAccountId: string;
  /** `ALL` or `CONSOLIDATED_BILLING`; policies hold only with the first. */
  readonly featureSet: string | null;
  /** The account looked at is its management account. */
  readonly isManagement: boolean;
}

/** Source: Organizations API 2016-11-28, DescribeOrganization. None or one resource. */
export const collector: Collector<Organization> = {
  id: "organizations.organizations",
  service: "organizations",
  resourceType: "AWS::Organizations::Organization",
  scope: "global",
  optional: true,
  actions: organizationActions,
  async *list({ aws, place }) {
    const organization = await organizationOf(aws);
    if (organization === null) return;
    yield [
      {
        nativeId: organization.Arn,
        arn: organization.Arn,
        name: organization.Id,
        state: null,
        tags: {},
        createdAt: null,
        region: null,
        costMonthly: 0,
        attributes: {
          organizationId: organization.Id,
          managementAccountId: organization.MasterAccountId,
          featureSet: organization.FeatureSet,
          isManagement: organization.MasterAccountId === place.awsAccountId,
        },
      },
    ];
  },
};
