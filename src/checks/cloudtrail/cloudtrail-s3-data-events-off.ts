import type { About, Check, Examples } from "#checks/check";
import { exampleAccount } from "#checks/iam/examples";
import { exampleBucket } from "#checks/s3/examples";
import type { EventSelector, FieldSelector } from "#collectors/cloudtrail/trails";
import type { FoundBy } from "#collectors/registry";
import { exampleFields, exampleSelector, exampleTrail } from "./examples.ts";
import { isEqual, trailBuckets, ways, waysOf, type Way } from "./shared.ts";

type Trail = FoundBy<"cloudtrail.trails">;
type Bucket = FoundBy<"s3.buckets">;

export const check: Check<"iam.accounts", object, "cloudtrail.trails" | "s3.buckets"> = {
  id: "cloudtrail_s3_data_events_off",
  severity: "low",
  category: "compliance",
  domain: "logging_detection",
  effort: "low",
  confidence: 0.9,
  drift: false,
  resources: ["iam.accounts"],
  reads: ["cloudtrail.trails", "s3.buckets"],
  condense: {
    "iam.accounts": () => ({}),
    "cloudtrail.trails": ({ attributes }) => ({
      homeRegion: attributes.homeRegion,
      isMultiRegion: attributes.isMultiRegion,
      isLogging: attributes.isLogging,
      s3BucketName: attributes.s3BucketName,
      eventSelectors: attributes.eventSelectors,
      advancedEventSelectors: attributes.advancedEventSelectors,
    }),
    "s3.buckets": () => ({}),
  },
  decisive: ["missing"],
  params: {},
  judge(_account, context) {
    const trails = context.others("cloudtrail.trails");
    const ownBuckets = trailBuckets(trails);
    // To record what trails write to their own buckets would be to record without end.
    const buckets = context.others("s3.buckets").filter(({ name }) => name !== null && !ownBuckets.has(name));
    if (buckets.length === 0) return null;
    const recorded = buckets.map((bucket) => new Set(trails.flatMap((trail) => recordedWays(trail, bucket) ?? [])));
    const missing = ways.filter((way) => !recorded.every((own) => own.has(way)));
    if (missing.length === 0) return { status: "pass" };
    if (trails.some((trail) => buckets.some((bucket) => recordedWays(trail, bucket) === undefined)))
      return { status: "unknown", reason: "cloudtrail:GetTrailStatus or GetEventSelectors could not be read" };
    const leftOut = buckets.filter((_, index) => missing.some((way) => !recorded[index]?.has(way)));
    return {
      status: "fail",
      summary: `No trail records what ${missing.join("s and what ")}s objects in ${leftOut.length < buckets.length ? "some buckets" : "any bucket"}.`,
      details: {
        missing,
        bucketsLeftOut: leftOut.length,
        buckets: leftOut
          .map(({ name }) => name)
          .toSorted()
          .slice(0, namesMax),
      },
      variants: missing,
      evidence: [
        {
          call: "cloudtrail:GetEventSelectors",
          field: "EventSelectors[].DataResources[].Values",
          value: trails
            .flatMap(({ attributes }) => attributes.eventSelectors?.flatMap(objectsIn) ?? [])
            .slice(0, namesMax),
        },
      ],
    };
  },
};

const namesMax = 20;
const objects = "AWS::S3::Object";

const objectsIn = ({ dataResources }: EventSelector): readonly string[] =>
  dataResources.filter(({ type }) => type === objects).flatMap(({ values }) => values);

/** What a trail records of all objects in a bucket; `undefined`: not known. */
function recordedWays({ attributes: trail }: Trail, { nativeId, region }: Bucket): readonly Way[] | undefined {
  if (trail.isLogging === false || (!trail.isMultiRegion && trail.homeRegion !== region)) return [];
  if (trail.isLogging === undefined) return undefined;
  const within = `${nativeId}/`;
  return waysOf(
    trail,
    (selector) => objectsIn(selector).some((value) => within.startsWith(value)),
    (fields) =>
      fields.some((one) => isEqual(one, "eventCategory", "Data")) &&
      fields.some((one) => isEqual(one, "resources.type", objects)) &&
      fields.every((one) => openFields.has(one.field) || takesIn(one, within)),
  );
}

const openFields: ReadonlySet<string> = new Set(["eventCategory", "resources.type", "readOnly"]);

/** Whether a condition lets every object of a bucket through. */
function takesIn({ field, operator, values }: FieldSelector, within: string): boolean {
  if (field !== "resources.ARN") return false;
  if (operator === "StartsWith") return values.some((value) => within.startsWith(value));
  if (operator !== "NotStartsWith") return false;
  return !values.some((value) => within.startsWith(value) || value.startsWith(within));
}

export const about: About = {
  title: "What is done with objects in S3 is not recorded",
  rationale:
    "Management events tell who changed a bucket, and nothing of its content. After a leak nobody can say which objects were fetched or replaced.",
  remediation:
    "Have a trail record data events of S3, at least of the buckets with sensitive content. AWS charges $0.10 per 100,000 of them.",
  controls: {
    nist_800_53_r5: [
      "ac_2_4",
      "ac_3_1",
      "ac_3_10",
      "ac_4_26",
      "ac_6_9",
      "au_2_b",
      "au_3_a",
      "au_3_b",
      "au_3_c",
      "au_3_d",
      "au_3_e",
      "au_3_f",
      "au_6_3",
      "au_6_4",
      "au_6_6",
      "au_6_9",
      "au_8_b",
      "au_10",
      "au_12_1",
      "au_12_2",
      "au_12_3",
      "au_12_4",
      "au_12_a",
      "au_12_c",
      "au_14_3",
      "au_14_a",
      "au_14_b",
      "ca_7_b",
      "cm_5_1_b",
      "cm_6_a",
      "cm_9_b",
      "ia_3_3_b",
      "ma_4_1_a",
      "pm_14_a_1",
      "pm_14_b",
      "pm_31",
      "sc_7_9_b",
      "si_1_1_c",
      "si_3_8_b",
      "si_4_2",
      "si_4_17",
      "si_4_20",
      "si_7_8",
      "si_10_1_c",
    ],
    soc2: ["cc_2_1", "cc_7_2"],
    iso_27001_2022: ["A.8.15", "A.8.16"],
    hipaa: ["164_308_a_1_ii_d", "164_308_a_3_ii_a", "164_308_a_6_ii", "164_312_a_2_i", "164_312_b", "164_312_e_2_i"],
    gdpr: ["article_30"],
  },
  variants: {
    read: { "cis_aws_3.0": ["3.9"], "cis_aws_5.0": ["3.9"], "cis_aws_6.0": ["4.9"], "cis_aws_7.0": ["4.9"] },
    write: {
      "cis_aws_3.0": ["3.8"],
      "cis_aws_5.0": ["3.8"],
      "cis_aws_6.0": ["4.8"],
      "cis_aws_7.0": ["4.8"],
      "pci_dss_4.0": [
        "5.3.4",
        "10.2.1",
        "10.2.1.1",
        "10.2.1.2",
        "10.2.1.3",
        "10.2.1.4",
        "10.2.1.5",
        "10.2.1.6",
        "10.2.1.7",
        "10.2.2",
        "10.3.1",
        "10.6.3",
        "A1.2.1",
      ],
      soc2: ["pi_1_2"],
    },
  },
};

export const examples = (): Examples<"iam.accounts"> => {
  const buckets = [exampleBucket({}), exampleBucket({}, { name: "acme-trail" })];
  const given = (...trails: readonly Trail[]) => ({
    found: exampleAccount(),
    others: { "cloudtrail.trails": trails, "s3.buckets": buckets },
  });
  const basic = (
    values: readonly string[],
    readWriteType = "All",
    attributes: Parameters<typeof exampleTrail>[0] = {},
  ) =>
    exampleTrail({
      eventSelectors: [exampleSelector({ readWriteType, dataResources: [{ type: objects, values }] })],
      ...attributes,
    });
  const dataFields = exampleFields({ eventCategory: "Data", "resources.type": objects });
  const advanced = (...more: readonly FieldSelector[]) =>
    exampleTrail({ eventSelectors: [], advancedEventSelectors: [[...dataFields, ...more]] });
  const arn = (operator: FieldSelector["operator"], ...values: readonly string[]): FieldSelector => ({
    field: "resources.ARN",
    operator,
    values,
  });
  const own = "arn:aws:s3:::acme-data/";
  return {
    pass: [
      { name: "every object of every bucket", ...given(basic(["arn:aws:s3"])) },
      { name: "every bucket by its name, but the trail's own", ...given(basic([own])) },
      { name: "by a trail of the bucket's region", ...given(basic([own], "All", { isMultiRegion: false })) },
      { name: "reads by one trail, writes by another", ...given(basic([own], "ReadOnly"), basic([own], "WriteOnly")) },
      { name: "an advanced selector", ...given(advanced()) },
      { name: "an advanced selector of the bucket", ...given(advanced(arn("StartsWith", own))) },
      {
        name: "an advanced selector without the trail's bucket",
        ...given(advanced(arn("NotStartsWith", "arn:aws:s3:::acme-trail/"))),
      },
      {
        name: "one trail could not be read, another records all",
        ...given(exampleTrail({ eventSelectors: undefined }), basic(["arn:aws:s3"])),
      },
    ],
    fail: [
      {
        name: "management events only",
        ...given(exampleTrail()),
        expect: {
          severity: "low",
          variants: ["read", "write"],
          details: { buckets: ["acme-data"], bucketsLeftOut: 1 },
        },
      },
      { name: "no trail", ...given(), expect: { variants: ["read", "write"] } },
      { name: "writes only", ...given(basic(["arn:aws:s3"], "WriteOnly")), expect: { variants: ["read"] } },
      {
        name: "reads only, by an advanced selector",
        ...given(advanced(...exampleFields({ readOnly: "true" }))),
        expect: { variants: ["write"] },
      },
      { name: "a folder of the bucket", ...given(basic([`${own}reports/`])) },
      { name: "another bucket", ...given(basic(["arn:aws:s3:::acme-web/"])) },
      { name: "all but a folder", ...given(advanced(arn("NotStartsWith", `${own}tmp/`))) },
      { name: "all but the bucket", ...given(advanced(arn("NotStartsWith", own))) },
      { name: "objects with an ending", ...given(advanced(arn("EndsWith", ".csv"))) },
      { name: "some calls only", ...given(advanced(...exampleFields({ eventName: "GetObject" }))) },
      { name: "stopped", ...given(basic(["arn:aws:s3"], "All", { isLogging: false })) },
      {
        name: "of another region",
        ...given(basic(["arn:aws:s3"], "All", { isMultiRegion: false, homeRegion: "us-east-1" })),
      },
    ],
    unknown: [
      { name: "status denied", ...given(exampleTrail({ isLogging: undefined })) },
      { name: "selectors denied", ...given(exampleTrail({ eventSelectors: undefined })) },
    ],
    notApplicable: [
      {
        name: "no buckets but the trail's",
        ...given(),
        others: { "cloudtrail.trails": [exampleTrail()], "s3.buckets": buckets.slice(1) },
      },
    ],
  };
};
