import { BedrockClient, GetModelInvocationLoggingConfigurationCommand } from "@aws-sdk/client-bedrock";

/** Every region has the setting, whether anything is logged or not. */
export async function expected(client, region) {
  const { loggingConfig } = await client(BedrockClient).send(new GetModelInvocationLoggingConfigurationCommand());
  const facts = {
    logGroupName: loggingConfig?.cloudWatchConfig?.logGroupName ?? null,
    s3BucketName: loggingConfig?.s3Config?.bucketName ?? null,
  };
  return { "bedrock.modelInvocationLogging": [[region, facts]] };
}
