import type { About, Check, Examples } from "#checks/check";
import { exampleAccount } from "#checks/iam/examples";
import { accountOf } from "#checks/public-policy";
import type { FoundBy } from "#collectors/registry";
import { exampleSelector, exampleTrail } from "./examples.ts";
import { managementWays } from "./shared.ts";

type Trail = FoundBy<"cloudtrail.trails">;

export const check: Check<"iam.accounts", object, "cloudtrail.trails"> = {
  id: "cloudtrail_duplicate_trail",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.7,
  drift: false,
  resources: ["iam.accounts"],
  reads: ["cloudtrail.trails"],
  condense: {
    "iam.accounts": () => ({}),
    "cloudtrail.trails": ({ attributes }) => ({
      homeRegion: attributes.homeRegion,
      isMultiRegion: attributes.isMultiRegion,
      isOrganization: attributes.isOrganization,
      isLogging: attributes.isLogging,
      loggingSince: attributes.loggingSince,
      eventSelectors: attributes.eventSelectors,
      advancedEventSelectors: attributes.advancedEventSelectors,
    }),
  },
  decisive: ["duplicates"],
  params: {},
  judge(_account, context) {
    const trails = context.others("cloudtrail.trails");
    const recording = trails.filter(({ attributes }) => attributes.isLogging && managementWays(attributes)?.length);
    const ranked = recording.toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1));
    const duplicates = ranked.filter(
      (trail, index) =>
        accountOf(trail.nativeId) === context.place.awsAccountId &&
        ranked.slice(0, index).some((earlier) => overlaps(earlier, trail)),
    );
    if (duplicates.length === 0) {
      if (trails.length < 2 || !trails.some(isUnread)) return { status: "pass" };
      return { status: "unknown", reason: "cloudtrail:GetTrailStatus or GetEventSelectors could not be read" };
    }
    return {
      status: "fail",
      summary: `Already recorded by another trail: the management events of ${duplicates.map(({ name }) => name).join(", ")}.`,
      details: {
        kept: ranked.filter((trail) => !duplicates.includes(trail)).map(({ nativeId }) => nativeId),
        duplicates: duplicates.map(({ nativeId }) => nativeId),
      },
      evidence: ranked.map(({ name, attributes }) => ({
        call: "cloudtrail:DescribeTrails",
        field: "trailList[].IsMultiRegionTrail",
        value: `${name}: ${attributes.isMultiRegion}`,
      })),
      savingsMonthly: null,
    };
  },
};

/** The organization's trail is the one to keep, then one of every region, then the oldest. */
const rankOf = ({ nativeId, attributes: { isOrganization, isMultiRegion, loggingSince } }: Trail): string =>
  `${isOrganization ? 0 : 1}${isMultiRegion ? 0 : 1} ${loggingSince ?? "9"} ${nativeId}`;

const overlaps = ({ attributes: one }: Trail, { attributes: other }: Trail): boolean =>
  (one.isMultiRegion || other.isMultiRegion || one.homeRegion === other.homeRegion) &&
  (managementWays(one)?.some((way) => managementWays(other)?.includes(way)) ?? false);

const isUnread = ({ attributes }: Trail): boolean =>
  attributes.isLogging === undefined || (attributes.isLogging && managementWays(attributes) === undefined);

export const about: About = {
  title: "Management events are recorded, and paid for, more than once",
  rationale: "One copy is free. Whatever a further trail records again costs $2 per 100,000 events.",
  remediation:
    "Keep the trail of the organization, or the one of every region. Let the others record data events only, or delete them if there is nothing else they are for.",
  controls: {},
};

export const examples = (): Examples<"iam.accounts"> => {
  const trails = (...list: readonly Trail[]) => ({
    found: exampleAccount(),
    others: { "cloudtrail.trails": list },
  });
  const audit = exampleTrail();
  const arn = (name: string) => `arn:aws:cloudtrail:eu-west-1:111122223333:trail/${name}`;
  const later = (attributes: Parameters<typeof exampleTrail>[0] = {}) =>
    exampleTrail({ loggingSince: "2025-01-01T00:00:00.000Z", ...attributes }, {}, { name: "later" });
  const only = (readWriteType: string) => ({ eventSelectors: [exampleSelector({ readWriteType })] });
  const organization = exampleTrail({ isOrganization: true }, {}, { name: "org", account: "999999999999" });
  return {
    pass: [
      { name: "one trail", ...trails(audit) },
      {
        name: "the second records data events",
        ...trails(audit, later({ eventSelectors: [exampleSelector({ includesManagementEvents: false })] })),
      },
      { name: "the second is stopped", ...trails(audit, later({ isLogging: false })) },
      {
        name: "each of its own region",
        ...trails(exampleTrail({ isMultiRegion: false }), later({ isMultiRegion: false, homeRegion: "us-east-1" })),
      },
      { name: "one reads, one writes", ...trails(exampleTrail(only("ReadOnly")), later(only("WriteOnly"))) },
      { name: "the organization's alone", ...trails(organization) },
      {
        name: "two of the organization, which is another account's to pay",
        ...trails(organization, exampleTrail({ isOrganization: true }, {}, { name: "org2", account: "999999999999" })),
      },
      { name: "one trail that could not be read", ...trails(exampleTrail({ isLogging: undefined })) },
    ],
    fail: [
      {
        name: "two of every region: the younger",
        ...trails(later(), audit),
        expect: { details: { kept: [arn("audit")], duplicates: [arn("later")] } },
      },
      {
        name: "one of every region and an older one of its own",
        ...trails(later(), exampleTrail({ isMultiRegion: false })),
        expect: { details: { duplicates: [arn("audit")] } },
      },
      {
        name: "two in the same region",
        ...trails(exampleTrail({ isMultiRegion: false }), later({ isMultiRegion: false })),
      },
      {
        name: "the organization records it too",
        ...trails(audit, organization),
        expect: { details: { duplicates: [arn("audit")] } },
      },
      { name: "a copy of the writes", ...trails(audit, later(only("WriteOnly"))) },
    ],
    unknown: [
      { name: "status denied", ...trails(audit, later({ isLogging: undefined })) },
      { name: "selectors denied", ...trails(audit, later({ advancedEventSelectors: undefined })) },
    ],
  };
};
