import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { countOf, pageOf, secondsBefore, type ThingService } from "./thing.ts";

/**
 * Source: Organizations API 2016-11-28. There is an organization when the account is told to have one, and the account is its
 * management account.
 */
const organization = "organizations.organizations";
const accounts = "organizations.accounts";
const paging = { token: "NextToken", limit: "MaxResults", byDefault: 20, min: 1, max: 20 };

const organizationId = "o-exampleorgid";
const organizationArn = ({ account }: Call): string =>
  `arn:aws:organizations::${account.id}:organization/${organizationId}`;

/** The first account is the management account itself. */
const accountId = ({ account }: Call, n: number): string => (n === 0 ? account.id : String(900_000_000_000 + n));
const accountNumber = ({ account }: Call, arn: string): number =>
  arn.endsWith(account.id) ? 0 : Number(arn.slice(-12)) - 900_000_000_000;
const accountArn = (call: Call, n: number): string =>
  `arn:aws:organizations::${call.account.id}:account/${organizationId}/${accountId(call, n)}`;

function assertMember(call: Call): void {
  if (countOf(call, organization) > 0) return;
  throw new AwsError("AWSOrganizationsNotInUseException", 400, "Your account is not a member of an organization.");
}

const describeOrganization: Operation = (call) => {
  assertMember(call);
  return json({
    Organization: {
      Id: organizationId,
      Arn: organizationArn(call),
      FeatureSet: "ALL",
      MasterAccountArn: accountArn(call, 0),
      MasterAccountId: call.account.id,
      MasterAccountEmail: "aws@example.com",
      AvailablePolicyTypes: [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }],
    },
  });
};

/** Every seventh is suspended. */
const listAccounts: Operation = (call) => {
  assertMember(call);
  const { numbers, next } = pageOf(call, accounts, paging);
  const Accounts = numbers.map((n) => ({
    Id: accountId(call, n),
    Arn: accountArn(call, n),
    Email: `aws+${n}@example.com`,
    Name: `account ${n}`,
    Status: n % 7 === 6 ? "SUSPENDED" : "ACTIVE",
    State: n % 7 === 6 ? "SUSPENDED" : "ACTIVE",
    JoinedMethod: n % 5 === 0 ? "INVITED" : "CREATED",
    JoinedTimestamp: secondsBefore(call, 800),
  }));
  return json({ Accounts, NextToken: next });
};

export const organizations: ThingService = {
  operations: { DescribeOrganization: describeOrganization, ListAccounts: listAccounts },
  kinds: {
    [organization]: { isGlobal: true, arnOf: organizationArn },
    [accounts]: { isTagged: true, isGlobal: true, arnOf: accountArn, numberOf: accountNumber },
  },
};
