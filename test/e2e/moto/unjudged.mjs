// Checks that moto cannot put to the proof, and why. One that is seeded all the same, or in neither table, fails the test.
export const unjudged = {
  access_analyzer_off: "moto has no IAM Access Analyzer",
  bedrock_long_term_api_key: "moto has no ListServiceSpecificCredentials",
  guardduty_high_findings: "moto has no ListFindings",
  iam_server_certificate_expired: "moto says of every certificate that it ended in 2012",
  kms_imported_key_expiring: "moto has no ImportKeyMaterial and tells no end of a key",
  root_access_key_exists: "moto's root user never has a key",
  root_hardware_mfa_missing: "moto's root user never has MFA",
  root_mfa_off: "moto's root user never has MFA",
  root_used_recently: "moto's credential report has no row for the root user",
  s3_bucket_mfa_delete_off: "moto keeps no MFA delete",
  secret_unused: "moto does not tell when a secret was read, and all are equally new",
  securityhub_off: "moto has no GetEnabledStandards",
};
