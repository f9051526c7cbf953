// Checks that moto cannot put to the proof, and why. One that is seeded all the same, or in neither table, fails the test.
export const unjudged = {
  backup_resource_unprotected: "moto has no ListProtectedResources",
  ebs_snapshot_block_public_access_off: "moto has no GetSnapshotBlockPublicAccessState",
  ebs_snapshot_public: "moto tells all snapshots when asked for the public ones",
  ec2_not_ssm_managed: "moto has no DescribeInstanceInformation",
  rds_ca_certificate_expiring: "moto does not say how long a database's certificate is valid",
  rds_extended_support: "moto has no DescribeDBMajorEngineVersions",
  ssm_patch_noncompliant: "moto has no DescribeInstanceInformation",
};
