import { z } from "zod";
import type { Collector, Found } from "#collectors/collector";
import { date } from "#collectors/xml";
import {
  attachedArns,
  detailActions,
  detailPages,
  detailsIn,
  hasPolicies,
  inlinePolicies,
  type Permissions,
} from "./shapes.ts";

/** Who is in it stands with the users. */
export interface Group extends Permissions {
  readonly groupId: string;
  readonly path: string;
}

const DetailedGroup = z.object({
  GroupName: z.string(),
  GroupId: z.string(),
  Path: z.string(),
  Arn: z.string(),
  CreateDate: date,
  GroupPolicyList: inlinePolicies,
  AttachedManagedPolicies: attachedArns,
});

/** Source: IAM API 2010-05-08, GetAccountAuthorizationDetails, asked once for all collectors. Groups have no tags. */
export const collector: Collector<Group> = {
  id: "iam.groups",
  service: "iam",
  resourceType: "AWS::IAM::Group",
  scope: "global",
  actions: detailActions,
  async *list({ aws }) {
    for await (const page of detailPages(aws, "Group")) {
      yield detailsIn(page, "GroupDetailList", DetailedGroup).map(found);
    }
  },
};

const found = (group: z.infer<typeof DetailedGroup>): Found<Group> => ({
  nativeId: group.Arn,
  arn: group.Arn,
  name: group.GroupName,
  state: null,
  tags: {},
  createdAt: group.CreateDate,
  region: null,
  costMonthly: 0,
  relations: hasPolicies(group.AttachedManagedPolicies),
  attributes: {
    groupId: group.GroupId,
    path: group.Path,
    managedPolicyArns: group.AttachedManagedPolicies,
    inlinePolicies: group.GroupPolicyList,
  },
});
