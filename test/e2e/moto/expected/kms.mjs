import { KMSClient, paginateListAliases, paginateListKeys } from "@aws-sdk/client-kms";

/** Without the keys that AWS made for its services. */
export async function expected(client) {
  const config = { client: client(KMSClient) };
  const keys = (await Array.fromAsync(paginateListKeys(config, {}), ({ Keys }) => Keys)).flat();
  const aliases = (await Array.fromAsync(paginateListAliases(config, {}), ({ Aliases }) => Aliases)).flat();
  const managed = new Set(
    aliases.filter(({ AliasName }) => AliasName.startsWith("alias/aws/")).map(({ TargetKeyId }) => TargetKeyId),
  );
  return { "kms.keys": keys.filter(({ KeyId }) => !managed.has(KeyId)).map(({ KeyArn }) => KeyArn) };
}
