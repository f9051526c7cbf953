// moto makes everything now: what a check wants to be older than so many days is asked to be older than none.
export const params = {
  dynamodb_overprovisioned: { lookbackDays: 0 },
  // Its metrics are those of days that have ended, and it is to have run before they began.
  ec2_idle_instance: { lookbackDays: -1 },
  elb_idle: { lookbackDays: 0 },
  nat_gateway_idle: { lookbackDays: -1 },
  old_snapshot: { maxAgeDays: 0 },
  orphaned_snapshot: { minAgeDays: 0 },
  orphaned_volume: { graceDays: 0 },
  rds_idle: { lookbackDays: 0 },
  rds_old_manual_snapshot: { orphanAgeDays: 0 },
  stopped_instance_with_volumes: { minDaysStopped: 0 },
};
