import type { Wire } from "../../support/fake-aws.ts";

export const organizationArn = "arn:aws:organizations::444455556666:organization/o-exampleorgid";

/** The organization of the account that is looked at, managed by the given one. */
export const organizationBy = (managementAccountId: string): string =>
  JSON.stringify({
    Organization: {
      Id: "o-exampleorgid",
      Arn: organizationArn,
      FeatureSet: "ALL",
      MasterAccountArn: `arn:aws:organizations::${managementAccountId}:account/o-exampleorgid/${managementAccountId}`,
      MasterAccountId: managementAccountId,
      MasterAccountEmail: "bill@example.com",
      AvailablePolicyTypes: [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }],
    },
  });

export const notInUse: Wire = {
  status: 400,
  body: '{"__type":"AWSOrganizationsNotInUseException","Message":"Your account is not a member of an organization."}',
};
