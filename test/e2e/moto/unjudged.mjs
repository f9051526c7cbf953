// Checks that moto cannot put to the proof, and why. One that is seeded all the same, or in neither table, fails the test.
export const unjudged = {
  backup_resource_unprotected: "moto has no ListProtectedResources",
  ebs_snapshot_block_public_access_off: "moto has no GetSnapshotBlockPublicAccessState",
  ec2_not_ssm_managed: "moto has no DescribeInstanceInformation",
  ec2_oversized_instance: "moto has no Cost Optimization Hub",
  rds_ca_certificate_expiring: "moto does not say how long a database's certificate is valid",
  rds_extended_support: "moto has no DescribeDBMajorEngineVersions",
  ssm_parameter_expiring: "moto tells the text of a parameter's policy for its type",
  ssm_patch_noncompliant: "moto has no DescribeInstanceInformation",
};
