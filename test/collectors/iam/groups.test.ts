import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/iam/groups";
import { allOf, fakeAws } from "../../support/fake-aws.ts";
import {
  adminArn,
  askedDetails,
  attached,
  details,
  documentOf,
  fullAdmin,
  fullAdminRead,
  groupMember,
  inline,
} from "./wire.ts";

describe("iam.groups", () => {
  it("tells what a group may do", async ({ expect }) => {
    const more = inline("GroupPolicyList", ["all", documentOf(fullAdmin)]) + attached(adminArn);
    const aws = fakeAws({
      GetAccountAuthorizationDetails: () => details({ groups: groupMember("admins", "/x/", more) }),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: "arn:aws:iam::111122223333:group/x/admins",
        arn: "arn:aws:iam::111122223333:group/x/admins",
        name: "admins",
        state: null,
        tags: {},
        createdAt: "2024-01-01T00:00:00.000Z",
        region: null,
        costMonthly: 0,
        relations: [{ kind: "has", resourceType: "AWS::IAM::ManagedPolicy", target: adminArn }],
        attributes: {
          groupId: "AGPAADMINS",
          path: "/x/",
          managedPolicyArns: [adminArn],
          inlinePolicies: [{ name: "all", statements: [fullAdminRead] }],
        },
      },
    ]);
  });

  it("takes a group without policies", async ({ expect }) => {
    const aws = fakeAws({ GetAccountAuthorizationDetails: () => details({ groups: groupMember("idle") }) });
    const [idle] = await allOf(collector, aws);
    expect(idle?.attributes).toMatchObject({ managedPolicyArns: [], inlinePolicies: [] });
    expect(idle?.relations).toEqual([]);
  });

  it("finds no group with one call", async ({ expect }) => {
    const aws = fakeAws({ GetAccountAuthorizationDetails: () => details({}) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual([askedDetails]);
  });

  it("throws when the list is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
  });
});
