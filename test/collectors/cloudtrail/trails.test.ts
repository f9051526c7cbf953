import { describe, it } from "vitest";
import { collector } from "#collectors/cloudtrail/trails";
import { allOf, fakeAws, type Answers, type Wire } from "../../support/fake-aws.ts";

const arn = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main";
const trail = {
  Name: "main",
  S3BucketName: "acme-trail",
  IncludeGlobalServiceEvents: true,
  IsMultiRegionTrail: true,
  HomeRegion: "eu-west-1",
  TrailARN: arn,
  LogFileValidationEnabled: true,
  CloudWatchLogsLogGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*",
  CloudWatchLogsRoleArn: "arn:aws:iam::111122223333:role/trail",
  KmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1",
  HasCustomEventSelectors: true,
  HasInsightSelectors: false,
  IsOrganizationTrail: false,
};
const status = {
  IsLogging: true,
  LatestDeliveryTime: 1_771_000_000.5,
  LatestCloudWatchLogsDeliveryTime: 1_771_000_060,
  StartLoggingTime: 1_760_000_000,
  LatestDeliveryAttemptTime: "2026-02-13T16:26:40Z",
  TimeLoggingStopped: "",
};
const selectors = {
  TrailARN: arn,
  EventSelectors: [
    {
      ReadWriteType: "All",
      IncludeManagementEvents: true,
      DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3:::b/", "arn:aws:s3:::a/"] }],
      ExcludeManagementEventSources: [],
    },
  ],
};
const tags = {
  PaginationToken: "",
  ResourceTagMappingList: [{ ResourceARN: arn, Tags: [{ Key: "team", Value: "audit" }] }],
};

const account = (trails: readonly object[], answers: Answers = {}) =>
  fakeAws({
    DescribeTrails: JSON.stringify({ trailList: trails }),
    GetTrailStatus: JSON.stringify(status),
    GetEventSelectors: JSON.stringify(selectors),
    GetResources: JSON.stringify(tags),
    ...answers,
  });
const gone: Wire = { status: 400, body: '{"__type":"TrailNotFoundException","Message":"Unknown trail"}' };

describe("cloudtrail.trails", () => {
  it("reads a trail with its status and its selectors", async ({ expect }) => {
    const aws = account([trail]);
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn,
        arn,
        name: "main",
        state: null,
        tags: { team: "audit" },
        tagsUnread: false,
        createdAt: null,
        relations: [
          { kind: "storesIn", resourceType: "AWS::S3::Bucket", target: "arn:aws:s3:::acme-trail" },
          {
            kind: "logsTo",
            resourceType: "AWS::Logs::LogGroup",
            target: "arn:aws:logs:eu-west-1:111122223333:log-group:trail",
          },
          {
            kind: "encryptedBy",
            resourceType: "AWS::KMS::Key",
            target: "arn:aws:kms:eu-west-1:111122223333:key/1",
          },
        ],
        attributes: {
          homeRegion: "eu-west-1",
          isMultiRegion: true,
          isOrganization: false,
          includesGlobalServices: true,
          logFileValidation: true,
          s3BucketName: "acme-trail",
          kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1",
          cloudWatchLogsLogGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*",
          isLogging: true,
          loggingSince: "2025-10-09T08:53:20.000Z",
          eventSelectors: [
            {
              readWriteType: "All",
              includesManagementEvents: true,
              dataResources: [{ type: "AWS::S3::Object", values: ["arn:aws:s3:::a/", "arn:aws:s3:::b/"] }],
            },
          ],
          advancedEventSelectors: [],
        },
        observed: {
          latestDeliveryAt: "2026-02-13T16:26:40.500Z",
          latestDeliveryError: null,
          latestLogGroupDeliveryAt: "2026-02-13T16:27:40.000Z",
          latestLogGroupDeliveryError: null,
        },
      },
    ]);
    expect(aws.asked).toEqual([
      'DescribeTrails {"includeShadowTrails":true}',
      `GetTrailStatus {"Name":"${arn}"}`,
      `GetEventSelectors {"TrailName":"${arn}"}`,
      `GetResources {"ResourceARNList":["${arn}"]}`,
    ]);
  });

  it("reads a bare trail with advanced selectors", async ({ expect }) => {
    const bare = { Name: "bare", TrailARN: arn, HomeRegion: "eu-west-1", S3BucketName: "b", KmsKeyId: null };
    const [found] = await allOf(
      collector,
      account([bare], {
        GetTrailStatus: '{"IsLogging":false}',
        GetEventSelectors: JSON.stringify({
          EventSelectors: null,
          AdvancedEventSelectors: [
            {
              Name: "writes",
              FieldSelectors: [
                { Field: "eventCategory", Equals: ["Data"] },
                { Field: "resources.ARN", StartsWith: ["b", "a"], NotEquals: ["c"] },
              ],
            },
          ],
        }),
        GetResources: '{"ResourceTagMappingList":[]}',
      }),
    );
    expect(found?.tags).toEqual({});
    expect(found?.relations).toHaveLength(1);
    expect(found?.attributes).toEqual({
      homeRegion: "eu-west-1",
      isMultiRegion: false,
      isOrganization: false,
      includesGlobalServices: false,
      logFileValidation: false,
      s3BucketName: "b",
      kmsKeyId: null,
      cloudWatchLogsLogGroupArn: null,
      isLogging: false,
      loggingSince: null,
      eventSelectors: [],
      advancedEventSelectors: [
        [
          { field: "eventCategory", operator: "Equals", values: ["Data"] },
          { field: "resources.ARN", operator: "StartsWith", values: ["a", "b"] },
          { field: "resources.ARN", operator: "NotEquals", values: ["c"] },
        ],
      ],
    });
  });

  it("finds a trail in its home region only, and then asks nothing more", async ({ expect }) => {
    const aws = account([{ ...trail, HomeRegion: "us-east-1" }]);
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['DescribeTrails {"includeShadowTrails":true}']);
  });

  it("finds its organization's trail in a member account, though it may not look into it", async ({ expect }) => {
    const foreign = { ...trail, TrailARN: arn.replace("111122223333", "999988887777"), IsOrganizationTrail: true };
    const aws = account([foreign], { GetTrailStatus: gone, GetEventSelectors: gone });
    const [found] = await allOf(collector, aws);
    expect(found?.attributes).toMatchObject({ isOrganization: true, isLogging: undefined, eventSelectors: undefined });
    expect(aws.gaps).toEqual(["GetTrailStatus", "GetEventSelectors"]);
  });

  it("says undefined where a call is denied, and keeps the gap", async ({ expect }) => {
    const aws = fakeAws({ DescribeTrails: JSON.stringify({ trailList: [trail] }) });
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({
      tagsUnread: true,
      attributes: { isLogging: undefined, eventSelectors: undefined, advancedEventSelectors: undefined },
      observed: { latestDeliveryAt: undefined },
    });
    expect(aws.gaps).toEqual(["GetTrailStatus", "GetEventSelectors", "GetResources"]);
  });

  it("leaves out a trail that is gone since it was listed", async ({ expect }) => {
    expect(await allOf(collector, account([trail], { GetEventSelectors: gone }))).toEqual([]);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ DescribeTrails: "{}" }))).rejects.toThrow();
  });
});
