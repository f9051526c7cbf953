// moto makes everything now: what a check wants to be older than so many days is asked to be older than none.
export const params = {
  acm_renewal_failed: { pendingHours: 0 },
  ecr_no_lifecycle: { minImages: 0 },
  // moto registers domains for two years at least.
  route53_domain_expiring: { warnDays: 800 },
  sagemaker_endpoint_idle: { lookbackDays: 0, notebookDays: 0 },
};
