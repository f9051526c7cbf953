import type { Detection, Detector, DetectorObserved } from "#collectors/guardduty/detectors";
import type { FoundBy } from "#collectors/registry";

/** An enabled detector with every feature on and nothing found, but for what is given. */
export const exampleDetector = (
  attributes: Partial<Detector> = {},
  observed: Partial<DetectorObserved> = {},
): FoundBy<"guardduty.detectors"> => ({
  nativeId: "eu-west-1",
  arn: "arn:aws:guardduty:eu-west-1:111122223333:detector/12abc34d567e8fa901bc2d34e56789f0",
  name: null,
  state: "ENABLED",
  tags: {},
  createdAt: "2024-01-01T00:00:00.000Z",
  attributes: {
    detectorId: "12abc34d567e8fa901bc2d34e56789f0",
    isEnabled: true,
    features: featureNames.map((name) => ({ name, isEnabled: true })),
    publishingFrequency: "SIX_HOURS",
    ...attributes,
  },
  observed: { findings: [], hasMoreFindings: false, ...observed },
});

const featureNames = [
  "EBS_MALWARE_PROTECTION",
  "EKS_AUDIT_LOGS",
  "LAMBDA_NETWORK_LOGS",
  "RDS_LOGIN_EVENTS",
  "RUNTIME_MONITORING",
  "S3_DATA_EVENTS",
];

/** Where GuardDuty was never switched on. */
export const exampleNoDetector = (): FoundBy<"guardduty.detectors"> => ({
  ...exampleDetector({ detectorId: null, isEnabled: null, features: null }, { findings: null }),
  arn: null,
});

export const exampleDetection = (detection: Partial<Detection> = {}): Detection => ({
  type: "Backdoor:EC2/C&CActivity.B!DNS",
  severity: 8,
  resourceType: "Instance",
  resource: "i-0123456789abcdef0",
  findings: 1,
  updatedAt: "2026-05-20T00:00:00.000Z",
  ...detection,
});
