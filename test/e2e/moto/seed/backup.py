"""A vault and two plans."""


def seed(client, region, account_id):
    backup = client("backup")
    backup.create_backup_vault(BackupVaultName="main", BackupVaultTags={"env": "production"})
    for name in ("nightly", "weekly"):
        rule = {"RuleName": name, "TargetBackupVaultName": "main", "ScheduleExpression": "cron(0 3 * * ? *)"}
        backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]}, BackupPlanTags={"plan": name})
