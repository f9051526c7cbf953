// What moto cannot answer, so that nothing is proved of it here. A collector or a call that it answers after all fails the test.

/** Collectors whose own list moto lacks, and why. */
export const unproven = {
  "accessanalyzer.analyzers": "moto has no IAM Access Analyzer",
  "backup.protectedResources": "moto has no ListProtectedResources",
  "bedrock.guardrails": "moto has no ListGuardrails",
  "cost-optimization-hub.recommendations": "moto has no Cost Optimization Hub",
  "ec2.imagePublicAccessBlocks": "moto has no GetImageBlockPublicAccessState",
  "ec2.snapshotPublicAccessBlocks": "moto has no GetSnapshotBlockPublicAccessState",
  "iam.serviceSpecificCredentials": "moto has no ListServiceSpecificCredentials",
  "ssm.managedInstances": "moto has no DescribeInstanceInformation",
};

/** Calls about listed things that moto lacks: what is listed is proven, this part of it is not. */
export const gaps = {
  "eks.clusters eks:DescribeClusterVersions": "until when a version is supported",
  "guardduty.detectors guardduty:ListFindings": "what a detector found",
  "lambda.functions lambda:ListFunctionUrlConfigs": "who may call a function's URL",
  "rds.dbClusters rds:DescribeDBMajorEngineVersions": "until when an engine is supported",
  "rds.dbInstances rds:DescribeDBMajorEngineVersions": "until when an engine is supported",
  "securityhub.hubs securityhub:GetEnabledStandards": "which standards a hub follows",
  "wafv2.webAcls wafv2:ListResourcesForWebACL": "what a web ACL protects",
};
