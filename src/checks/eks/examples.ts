import type { FoundBy } from "#collectors/registry";

/** A cluster of a supported version with all the good settings, but for what is given. */
export const exampleCluster = (
  attributes: Partial<FoundBy<"eks.clusters">["attributes"]> = {},
): FoundBy<"eks.clusters"> => ({
  nativeId: "arn:aws:eks:eu-west-1:111122223333:cluster/main",
  arn: "arn:aws:eks:eu-west-1:111122223333:cluster/main",
  name: "main",
  state: "ACTIVE",
  tags: {},
  createdAt: "2026-01-15T03:00:00.000Z",
  attributes: {
    version: "1.33",
    platformVersion: "eks.5",
    supportType: "EXTENDED",
    endOfStandardSupportAt: "2026-07-29T00:00:00.000Z",
    endOfExtendedSupportAt: "2027-07-29T00:00:00.000Z",
    endpointPublicAccess: false,
    endpointPrivateAccess: true,
    publicAccessCidrs: [],
    encryptedResources: ["secrets"],
    kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001",
    logTypes: ["api", "audit", "authenticator"],
    roleArn: "arn:aws:iam::111122223333:role/eks",
    vpcId: "vpc-0a1",
    subnetIds: ["subnet-0a1", "subnet-0b2"],
    securityGroupIds: ["sg-0a"],
    authenticationMode: "API",
    oidcIssuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/0A1",
    deletionProtection: true,
    controlPlaneTier: "standard",
    ...attributes,
  },
  observed: { healthIssues: [] },
});
