import { AwsError, json } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import { countOf, daysBefore, idOf, type ThingService } from "./thing.ts";

/**
 * Source: GuardDuty API 2017-11-28. A region has a detector when `guardduty.detectors` is at least 1; there and without one
 * Cloudglass counts one resource.
 */
const kind = "guardduty.detectors";
const detectorId = "12abc34d567e8fa901bc2d34eexample";
const findingsPaging = { token: "nextToken", limit: "maxResults", byDefault: 50, min: 1, max: 50 };

/** More than a page. */
const findingsTotal = 53;
const findingId = (n: number): string => idOf("a1b2c3d4e5f6a7b8c9d0e", n, 32);

const listDetectors: Operation = (call) => json({ detectorIds: countOf(call, kind) > 0 ? [detectorId] : [] });

/** Throws when the request names no detector of the account. */
function assertDetector(call: Call): void {
  if (countOf(call, kind) > 0 && text(call, "DetectorId") === detectorId) return;
  throw new AwsError(
    "BadRequestException",
    400,
    "The request is rejected because the input detectorId is not owned by the current account.",
  );
}

const features: Readonly<Record<string, boolean>> = {
  CLOUD_TRAIL: true,
  DNS_LOGS: true,
  FLOW_LOGS: true,
  S3_DATA_EVENTS: true,
  EKS_AUDIT_LOGS: true,
  EBS_MALWARE_PROTECTION: true,
  RDS_LOGIN_EVENTS: true,
  LAMBDA_NETWORK_LOGS: true,
  RUNTIME_MONITORING: false,
};

const getDetector: Operation = (call) => {
  assertDetector(call);
  return json({
    createdAt: daysBefore(call, 220),
    updatedAt: daysBefore(call, 100),
    findingPublishingFrequency: "SIX_HOURS",
    serviceRole: `arn:aws:iam::${call.account.id}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty`,
    status: "ENABLED",
    tags: { env: "production" },
    features: Object.entries(features).map(([name, isOn]) => ({ name, status: isOn ? "ENABLED" : "DISABLED" })),
  });
};

/** All are grave, current and of the last days, so that every criterion of ours takes them. */
const listFindings: Operation = (call) => {
  assertDetector(call);
  const { from, to, next } = windowOf(call, findingsTotal, findingsPaging);
  const findingIds = Array.from({ length: to - from }, (_, at) => findingId(from + at));
  // AWS ends a list with an empty token.
  return json({ findingIds, nextToken: next ?? "" });
};

const subjectOf = (n: number): object =>
  n % 2 === 0
    ? { resourceType: "Instance", instanceDetails: { instanceId: idOf("i-0e", n % 10, 19), instanceType: "t3.micro" } }
    : {
        resourceType: "AccessKey",
        accessKeyDetails: { accessKeyId: idOf("AKIAEXAMPLE", n % 10, 20), userName: `user-${n % 10}` },
      };

const getFindings: Operation = (call) => {
  assertDetector(call);
  const asked = Array.isArray(call.input["findingIds"]) ? call.input["findingIds"].map(String) : [];
  const numbers = asked.map((id) => Number(/(\d+)$/.exec(id)?.[1] ?? Number.NaN)).filter((n) => n < findingsTotal);
  const findings = numbers.map((n) => ({
    accountId: call.account.id,
    arn: `arn:aws:guardduty:${call.region}:${call.account.id}:detector/${detectorId}/finding/${findingId(n)}`,
    createdAt: daysBefore(call, 6),
    id: findingId(n),
    partition: "aws",
    region: call.region,
    resource: subjectOf(n),
    schemaVersion: "2.0",
    service: { archived: false, count: 1, detectorId, serviceName: "guardduty" },
    severity: n < 10 ? 8 : 7.5,
    title: `finding ${n}`,
    type: n % 2 === 0 ? "CryptoCurrency:EC2/BitcoinTool.B!DNS" : "CredentialAccess:IAMUser/AnomalousBehavior",
    updatedAt: daysBefore(call, 2),
  }));
  return json({ findings });
};

export const guardduty: ThingService = {
  routes: [
    ["GET", "/detector", "ListDetectors"],
    ["GET", "/detector/{DetectorId}", "GetDetector"],
    ["POST", "/detector/{DetectorId}/findings", "ListFindings"],
    ["POST", "/detector/{DetectorId}/findings/get", "GetFindings"],
  ],
  operations: {
    ListDetectors: listDetectors,
    GetDetector: getDetector,
    ListFindings: listFindings,
    GetFindings: getFindings,
  },
  always: { regional: 1 },
};
