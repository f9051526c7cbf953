// Checks that moto cannot put to the proof, and why. One that is seeded all the same, or in neither table, fails the test.
export const unjudged = {
  bedrock_agent_no_guardrail: "moto has no ListGuardrails, without which nothing is said",
  bedrock_invocation_logging_off: "moto has no ListGuardrails, without which nothing is said",
  ecr_image_vulnerabilities: "moto's DescribeImages tells nothing of scans",
  eks_version_unsupported: "moto has no DescribeClusterVersions",
  lambda_url_public: "moto has no ListFunctionUrlConfigs",
};
