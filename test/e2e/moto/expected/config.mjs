import {
  ConfigServiceClient,
  DescribeConfigurationRecordersCommand,
  DescribeConfigurationRecorderStatusCommand,
} from "@aws-sdk/client-config-service";

/** Every region has one, be it that there is no recorder: then that is what is told of it. */
export async function expected(client, region) {
  const config = client(ConfigServiceClient);
  const { ConfigurationRecorders } = await config.send(new DescribeConfigurationRecordersCommand());
  const { ConfigurationRecordersStatus } = await config.send(new DescribeConfigurationRecorderStatusCommand());
  const facts = {
    exists: ConfigurationRecorders.length > 0,
    isRecording: ConfigurationRecordersStatus[0]?.recording ?? null,
  };
  return { "config.recorders": [[region, facts]] };
}
