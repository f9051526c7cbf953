// moto makes everything now: what a check wants to be older than so many days is asked to be older than none.
export const params = {
  iam_key_old: { maxAgeDays: 0 },
  iam_key_unused: { maxUnusedDays: 0 },
  // The role that the scan assumes was used within these five seconds.
  iam_role_unused: { days: 5 / 86_400 },
  iam_user_console_unused: { maxUnusedDays: 0 },
  iam_user_two_active_keys: { rotationGraceDays: 0 },
  kms_key_unused: { minDays: 0 },
  dynamodb_overprovisioned: { lookbackDays: 0 },
  elb_idle: { lookbackDays: 0 },
  old_snapshot: { maxAgeDays: 0 },
  orphaned_snapshot: { minAgeDays: 0 },
  orphaned_volume: { graceDays: 0 },
  rds_idle: { lookbackDays: 0 },
  rds_old_manual_snapshot: { orphanAgeDays: 0 },
  stopped_instance_with_volumes: { minDaysStopped: 0 },
  acm_renewal_failed: { pendingHours: 0 },
  ecr_no_lifecycle: { minImages: 0 },
  // moto registers domains for two years at least.
  route53_domain_expiring: { warnDays: 800 },
  sagemaker_endpoint_idle: { lookbackDays: 0, notebookDays: 0 },
};

/** What everything in the other account is held against besides, which has little: regions and tags. */
export const other = {
  allowedRegions: ["us-east-1"],
  checkParams: { ...params, resource_missing_required_tags: { requiredTags: ["owner"] } },
};
