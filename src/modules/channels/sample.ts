import type { OrgContext } from "#db/context";
import type { AlertMessage } from "#db/values";
import type { DeliveryDetail } from "#deliveries/log";
import { sendSample } from "#deliveries/sample";
import { getChannel } from "./channel.ts";

export type SampleEvent = "alert.triggered" | "alert.resolved";

/**
 * Tells a channel of an alert that there is not, at once, and answers the attempt. The alert's id is the channel's, so that a resolved
 * one closes what a triggered one opened. Fault: RESOURCE_NOT_FOUND.
 */
export async function testChannel(org: OrgContext, id: string, event: SampleEvent): Promise<DeliveryDetail> {
  const channel = await getChannel(org, id);
  return sendSample(org, channel, event, sampleAlert(id, event, org.now));
}

/** An alert as it could be, of the lowest severity. */
export const sampleAlert = (id: string, event: SampleEvent, now: Date): AlertMessage => ({
  alertId: id,
  ruleId: id,
  ruleName: "Test",
  status: event === "alert.resolved" ? "resolved" : "open",
  severity: "low",
  title: "This is a test: alerts of Cloudglass come here",
  summary: "Nothing is wrong. What follows is made up.",
  group: null,
  runId: null,
  at: now.toISOString(),
  active: 1,
  fresh: 1,
  items: [
    {
      kind: "finding",
      id,
      title: "S3 bucket without default encryption",
      summary: "Bucket example-bucket has no default encryption.",
      severity: "low",
      awsAccountId: "123456789012",
      accountName: "example",
      region: "eu-west-1",
      resourceName: "example-bucket",
      resourceArn: "arn:aws:s3:::example-bucket",
      evidence: [{ call: "s3:GetBucketEncryption", field: "ServerSideEncryptionConfiguration", value: null }],
      fix: "Turn on default encryption.",
    },
  ],
  omitted: 0,
});
