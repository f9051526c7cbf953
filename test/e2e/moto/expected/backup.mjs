import { BackupClient, paginateListBackupPlans } from "@aws-sdk/client-backup";

export async function expected(client) {
  const pages = paginateListBackupPlans({ client: client(BackupClient) }, {});
  const all = await Array.fromAsync(pages, ({ BackupPlansList }) => BackupPlansList);
  return { "backup.plans": all.flat().map(({ BackupPlanArn }) => BackupPlanArn) };
}
