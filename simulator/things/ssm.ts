import { json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { daysBefore, idOf, isBare, isBusy, pageOf, secondsBefore, type ThingService } from "./thing.ts";

/** Source: Systems Manager API 2014-11-06. */
const instances = "ssm.managedInstances";
const parameters = "ssm.parameters";
const paging = { token: "NextToken", limit: "MaxResults", byDefault: 10, min: 1, max: 50 };

/** Every third stands outside EC2. */
const isHybrid = (n: number): boolean => n % 3 === 2;
const instanceId = (n: number): string => idOf(isHybrid(n) ? "mi-0e" : "i-0e", n, isHybrid(n) ? 20 : 19);
const instanceArn = ({ account, region }: Call, n: number): string =>
  `arn:aws:ssm:${region}:${account.id}:managed-instance/${instanceId(n)}`;
const parameterName = (n: number): string => `/app/param-${n}`;
const parameterArn = ({ account, region }: Call, n: number): string =>
  `arn:aws:ssm:${region}:${account.id}:parameter${parameterName(n)}`;

const describeInstanceInformation: Operation = (call) => {
  const { numbers, next } = pageOf(call, instances, { ...paging, min: 5 });
  const InstanceInformationList = numbers.map((n) => ({
    InstanceId: instanceId(n),
    PingStatus: n % 7 === 6 ? "ConnectionLost" : "Online",
    LastPingDateTime: secondsBefore(call, n % 7 === 6 ? 9 : 0),
    AgentVersion: "3.3.2299.0",
    IsLatestVersion: !isBare(n),
    PlatformType: "Linux",
    PlatformName: "Amazon Linux",
    PlatformVersion: "2023",
    ResourceType: isHybrid(n) ? "ManagedInstance" : "EC2Instance",
    IPAddress: "10.0.0.7",
    ComputerName: `host-${n}.internal`,
    ...(isHybrid(n)
      ? {
          Name: `host-${n}`,
          ActivationId: "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111",
          IamRole: "hybrid-machines",
          RegistrationDate: secondsBefore(call, 120),
        }
      : {}),
  }));
  return json({ InstanceInformationList, NextToken: next });
};

/** Patches of every eleventh were never looked at. */
const listResourceComplianceSummaries: Operation = (call) => {
  const { numbers, next } = pageOf(call, instances, paging);
  const ResourceComplianceSummaryItems = numbers
    .filter((n) => n % 11 !== 10)
    .map((n) => ({
      ComplianceType: "Patch",
      ResourceType: "ManagedInstance",
      ResourceId: instanceId(n),
      Status: isBare(n) ? "NON_COMPLIANT" : "COMPLIANT",
      OverallSeverity: isBare(n) ? "CRITICAL" : "UNSPECIFIED",
      ExecutionSummary: { ExecutionTime: secondsBefore(call, 1) },
      CompliantSummary: { CompliantCount: 80, SeveritySummary: { CriticalCount: 0, HighCount: 0 } },
      NonCompliantSummary: {
        NonCompliantCount: isBare(n) ? 3 : 0,
        SeveritySummary: { CriticalCount: isBare(n) ? 2 : 0, HighCount: isBare(n) ? 1 : 0 },
      },
    }));
  return json({ ResourceComplianceSummaryItems, NextToken: next });
};

const expiration = (call: Call) => ({
  PolicyText: JSON.stringify({
    Type: "Expiration",
    Version: "1.0",
    Attributes: { Timestamp: daysBefore(call, -20) },
  }),
  PolicyType: "Expiration",
  PolicyStatus: "Pending",
});

/** Every seventh is an advanced one that ends. */
const describeParameters: Operation = (call) => {
  const { numbers, next } = pageOf(call, parameters, paging);
  const Parameters = numbers.map((n) => ({
    Name: parameterName(n),
    ARN: parameterArn(call, n),
    Type: isBusy(n) ? "SecureString" : "String",
    ...(isBusy(n) ? { KeyId: "alias/aws/ssm" } : {}),
    LastModifiedDate: secondsBefore(call, isBare(n) ? 500 : 30),
    LastModifiedUser: `arn:aws:iam::${call.account.id}:root`,
    Version: 1,
    Tier: n % 7 === 6 ? "Advanced" : "Standard",
    Policies: n % 7 === 6 ? [expiration(call)] : [],
    DataType: "text",
  }));
  return json({ Parameters, NextToken: next });
};

export const ssm: ThingService = {
  operations: {
    DescribeInstanceInformation: describeInstanceInformation,
    ListResourceComplianceSummaries: listResourceComplianceSummaries,
    DescribeParameters: describeParameters,
  },
  kinds: {
    [instances]: { isTagged: true, arnOf: instanceArn },
    [parameters]: { isTagged: true, arnOf: parameterArn },
  },
};
