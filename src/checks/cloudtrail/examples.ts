import type { EventSelector, FieldSelector, Trail, TrailObserved } from "#collectors/cloudtrail/trails";
import type { FoundBy } from "#collectors/registry";

/** A multi-region trail that records every management event and feeds a log group, but for what is given. */
export const exampleTrail = (
  attributes: Partial<Trail> = {},
  observed: Partial<TrailObserved> = {},
  { name = "audit", account = "111122223333" } = {},
): FoundBy<"cloudtrail.trails"> => {
  const arn = `arn:aws:cloudtrail:eu-west-1:${account}:trail/${name}`;
  return {
    nativeId: arn,
    arn,
    name,
    state: null,
    tags: {},
    createdAt: null,
    attributes: {
      homeRegion: "eu-west-1",
      isMultiRegion: true,
      isOrganization: false,
      includesGlobalServices: true,
      logFileValidation: true,
      s3BucketName: "acme-trail",
      kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      cloudWatchLogsLogGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*",
      isLogging: true,
      loggingSince: "2024-01-01T00:00:00.000Z",
      eventSelectors: [exampleSelector()],
      advancedEventSelectors: [],
      ...attributes,
    },
    observed: {
      latestDeliveryAt: "2026-05-31T23:50:00.000Z",
      latestDeliveryError: null,
      latestLogGroupDeliveryAt: "2026-05-31T23:50:00.000Z",
      latestLogGroupDeliveryError: null,
      ...observed,
    },
  };
};

/** Every management event and no data event, but for what is given. */
export const exampleSelector = (selector: Partial<EventSelector> = {}): EventSelector => ({
  readWriteType: "All",
  includesManagementEvents: true,
  dataResources: [],
  ...selector,
});

/** The fields of an advanced selector, by name: what they equal. */
export const exampleFields = (equals: Readonly<Record<string, string>>): readonly FieldSelector[] =>
  Object.entries(equals).map(([field, value]) => ({ field, operator: "Equals", values: [value] }));
