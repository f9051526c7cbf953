import { describe, it } from "vitest";
import { collector } from "#collectors/guardduty/detectors";
import { allOf, fakeAws, type Answers } from "../../support/fake-aws.ts";

const now = new Date("2026-03-31T12:34:56Z");
const detector = {
  createdAt: "2025-11-21T15:26:03.955Z",
  findingPublishingFrequency: "SIX_HOURS",
  serviceRole:
    "arn:aws:iam::111122223333:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty",
  status: "ENABLED",
  updatedAt: "2025-11-21T15:26:03.955Z",
  tags: { team: "audit" },
  features: [
    { name: "S3_DATA_EVENTS", status: "ENABLED", updatedAt: 1_771_000_000 },
    { name: "CLOUD_TRAIL", status: "ENABLED", updatedAt: 1_771_000_000 },
    { name: "RUNTIME_MONITORING", status: "DISABLED", additionalConfiguration: [] },
  ],
};
const finding = (id: string, severity: number, resource: object, updatedAt = "2026-03-01T00:00:00.000Z") => ({
  accountId: "111122223333",
  arn: `arn:aws:guardduty:eu-west-1:111122223333:detector/d1/finding/${id}`,
  id,
  type: "Backdoor:EC2/C&CActivity.B!DNS",
  severity,
  updatedAt,
  resource,
});
const instance = (instanceId: string) => ({ resourceType: "Instance", instanceDetails: { instanceId } });

const account = (answers: Answers = {}) =>
  fakeAws({
    ListDetectors: '{"detectorIds":["d1"]}',
    GetDetector: JSON.stringify(detector),
    ListFindings: '{"findingIds":[],"nextToken":""}',
    ...answers,
  });
const criteria =
  '"findingCriteria":{"criterion":{"severity":{"greaterThanOrEqual":7},"service.archived":{"equals":["false"]},' +
  '"updatedAt":{"greaterThanOrEqual":1772323200000}}},"sortCriteria":{"attributeName":"severity","orderBy":"DESC"},' +
  '"maxResults":50';

describe("guardduty.detectors", () => {
  it("reads an enabled detector with its features", async ({ expect }) => {
    const aws = account();
    expect(await allOf(collector, aws, now)).toEqual([
      {
        nativeId: "eu-west-1",
        arn: "arn:aws:guardduty:eu-west-1:111122223333:detector/d1",
        name: null,
        state: "ENABLED",
        tags: { team: "audit" },
        tagsUnread: false,
        createdAt: "2025-11-21T15:26:03.955Z",
        attributes: {
          detectorId: "d1",
          isEnabled: true,
          features: [
            { name: "CLOUD_TRAIL", isEnabled: true },
            { name: "RUNTIME_MONITORING", isEnabled: false },
            { name: "S3_DATA_EVENTS", isEnabled: true },
          ],
          publishingFrequency: "SIX_HOURS",
        },
        observed: { findings: [], hasMoreFindings: false },
      },
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([
      "eu-west-1 /detector",
      "eu-west-1 /detector/d1",
      "eu-west-1 /detector/d1/findings",
    ]);
    expect(aws.asked.at(-1)).toBe(`ListFindings {"detectorId":"d1",${criteria}}`);
  });

  it("brings findings of one type about one thing together, over all pages", async ({ expect }) => {
    const aws = account({
      ListFindings: ({ nextToken }) =>
        nextToken === "2" ? '{"findingIds":["c"],"nextToken":""}' : '{"findingIds":["a","b"],"nextToken":"2"}',
      GetFindings: ({ findingIds }) =>
        JSON.stringify({
          findings: (findingIds as string[]).includes("c")
            ? [finding("c", 7, { resourceType: "AccessKey", accessKeyDetails: { accessKeyId: "AKIA1" } })]
            : [finding("a", 8, instance("i-1")), finding("b", 8.5, instance("i-1"), "2026-03-02T00:00:00.000Z")],
        }),
    });
    const [found] = await allOf(collector, aws, now);
    expect(found?.observed).toEqual({
      findings: [
        {
          type: "Backdoor:EC2/C&CActivity.B!DNS",
          severity: 8.5,
          resourceType: "Instance",
          resource: "i-1",
          findings: 2,
          updatedAt: "2026-03-02T00:00:00.000Z",
        },
        {
          type: "Backdoor:EC2/C&CActivity.B!DNS",
          severity: 7,
          resourceType: "AccessKey",
          resource: "AKIA1",
          findings: 1,
          updatedAt: "2026-03-01T00:00:00.000Z",
        },
      ],
      hasMoreFindings: false,
    });
    expect(aws.asked.slice(2)).toEqual([
      `ListFindings {"detectorId":"d1",${criteria}}`,
      'GetFindings {"detectorId":"d1","findingIds":["a","b"]}',
      `ListFindings {"detectorId":"d1",${criteria},"nextToken":"2"}`,
      'GetFindings {"detectorId":"d1","findingIds":["c"]}',
    ]);
  });

  it("leaves off after 250 findings, and says so", async ({ expect }) => {
    const aws = account({
      ListFindings: '{"findingIds":["a"],"nextToken":"more"}',
      GetFindings: JSON.stringify({ findings: [finding("a", 9, { resourceType: "Container" })] }),
    });
    const [found] = await allOf(collector, aws, now);
    expect(found?.observed).toMatchObject({ findings: [{ resource: null, findings: 5 }], hasMoreFindings: true });
    expect(aws.calls).toHaveLength(12);
  });

  it("says so where there is none, after one call", async ({ expect }) => {
    const aws = account({ ListDetectors: '{"detectorIds":[]}' });
    expect((await allOf(collector, aws, now))[0]).toMatchObject({
      nativeId: "eu-west-1",
      arn: null,
      state: null,
      attributes: { detectorId: null, isEnabled: null, features: null, publishingFrequency: null },
      observed: { findings: null },
    });
    expect(aws.asked).toEqual(["ListDetectors"]);
  });

  it("asks nothing of findings while the detector is suspended", async ({ expect }) => {
    const aws = account({ GetDetector: JSON.stringify({ status: "DISABLED", serviceRole: "x" }) });
    const [found] = await allOf(collector, aws, now);
    expect(found?.attributes).toEqual({
      detectorId: "d1",
      isEnabled: false,
      features: [],
      publishingFrequency: null,
    });
    expect(aws.calls).toHaveLength(2);
  });

  it("says undefined where a call is denied, and keeps the gap", async ({ expect }) => {
    const blind = fakeAws({ ListDetectors: '{"detectorIds":["d1"]}' });
    expect((await allOf(collector, blind, now))[0]).toMatchObject({
      tagsUnread: true,
      attributes: { detectorId: "d1", isEnabled: undefined, features: undefined, publishingFrequency: undefined },
      observed: { findings: null },
    });
    expect(blind.gaps).toEqual(["GetDetector"]);
    const half = account({ ListFindings: '{"findingIds":["a"]}' });
    expect((await allOf(collector, half, now))[0]?.observed?.findings).toBeUndefined();
    expect(half.gaps).toEqual(["GetFindings"]);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ ListDetectors: "{}" }))).rejects.toThrow();
  });
});
