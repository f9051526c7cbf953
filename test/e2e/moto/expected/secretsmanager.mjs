import { paginateListSecrets, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

export async function expected(client) {
  const pages = paginateListSecrets({ client: client(SecretsManagerClient) }, { IncludePlannedDeletion: true });
  const all = await Array.fromAsync(pages, ({ SecretList }) => SecretList);
  return { "secretsmanager.secrets": all.flat().map(({ ARN }) => ARN) };
}
