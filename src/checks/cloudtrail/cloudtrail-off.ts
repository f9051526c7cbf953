import type { About, Check, Examples } from "#checks/check";
import { exampleAccount } from "#checks/iam/examples";
import type { FoundBy } from "#collectors/registry";
import { exampleFields, exampleSelector, exampleTrail } from "./examples.ts";
import { managementWays, ways } from "./shared.ts";

export const check: Check<"iam.accounts", object, "cloudtrail.trails"> = {
  id: "cloudtrail_off",
  severity: "high",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["iam.accounts"],
  reads: ["cloudtrail.trails"],
  condense: {
    "iam.accounts": () => ({}),
    "cloudtrail.trails": ({ attributes, observed }) => ({
      isMultiRegion: attributes.isMultiRegion,
      isLogging: attributes.isLogging,
      eventSelectors: attributes.eventSelectors,
      advancedEventSelectors: attributes.advancedEventSelectors,
      latestDeliveryError: observed?.latestDeliveryError,
    }),
  },
  decisive: ["reason"],
  params: {},
  judge(_account, context) {
    const trails = context.others("cloudtrail.trails");
    const multiRegion = trails.filter(({ attributes: { isMultiRegion, isLogging } }) => isMultiRegion && isLogging);
    const whole = multiRegion.filter(({ attributes }) => managementWays(attributes)?.length === ways.length);
    if (whole.some(({ observed }) => observed?.latestDeliveryError === null)) return { status: "pass" };
    if (trails.some(isUnread))
      return {
        status: "unknown",
        reason: "cloudtrail:GetTrailStatus or GetEventSelectors of a multi-region trail could not be read",
      };
    const isAny = trails.some(({ attributes }) => attributes.isLogging !== false);
    const reason =
      whole.length > 0
        ? "delivery_failing"
        : multiRegion.length > 0
          ? "no_management_events"
          : isAny
            ? "no_multi_region"
            : "no_trail";
    return {
      status: "fail",
      severity: reason === "delivery_failing" ? "medium" : "high",
      summary: summaries[reason],
      details: { reason, trails: trails.map(({ nativeId }) => nativeId).toSorted() },
      variants: [
        ...(isAny ? [] : ["anyTrail"]),
        ...(multiRegion.length > 0 && reason !== "delivery_failing" ? [] : ["everyRegion"]),
        "managementEvents",
      ],
      evidence:
        reason === "delivery_failing"
          ? whole.map(({ observed }) => ({
              call: "cloudtrail:GetTrailStatus",
              field: "LatestDeliveryError",
              value: observed?.latestDeliveryError ?? null,
            }))
          : [
              {
                call: "cloudtrail:DescribeTrails",
                field: "trailList[].IsMultiRegionTrail",
                value: trails.map(({ attributes }) => attributes.isMultiRegion),
              },
            ],
    };
  },
};

const summaries = {
  no_trail: "No CloudTrail trail is recording in this account.",
  no_multi_region: "The trails that record cover single regions; what happens in the others is kept nowhere.",
  no_management_events: "No multi-region trail records all management events, those that read and those that write.",
  delivery_failing: "CloudTrail could not deliver the latest files of the only trail that records everything.",
} as const;

const isUnread = ({ attributes, observed }: FoundBy<"cloudtrail.trails">): boolean =>
  attributes.isMultiRegion &&
  attributes.isLogging !== false &&
  (attributes.isLogging === undefined ||
    managementWays(attributes) === undefined ||
    observed?.latestDeliveryError === undefined);

export const about: About = {
  title: "No trail records the management events of every region",
  rationale:
    "AWS itself keeps 90 days of management events, by region. Whoever wants to know later who did what, or in a region nobody looks at, finds nothing.",
  remediation:
    "Make one multi-region trail, best of all for the whole organization, that writes to a bucket in an account for logs. One copy of these events is free in every region.",
  controls: {
    // These ask for the regions and for the events.
    "cis_aws_3.0": ["3.1"],
    "cis_aws_5.0": ["3.1"],
    "cis_aws_6.0": ["4.1"],
    "cis_aws_7.0": ["4.1"],
    aws_fsbp: ["CloudTrail.1"],
  },
  variants: {
    anyTrail: { aws_fsbp: ["CloudTrail.3"] },
    everyRegion: {
      nist_800_53_r5: [
        "ac_2_4",
        "ac_3_1",
        "ac_3_10",
        "ac_4_26",
        "ac_6_9",
        "au_2_b",
        "au_3_1",
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
      soc2: ["cc_2_1", "cc_7_2", "cc_a_1_1", "pi_1_3"],
      hipaa: ["164_308_a_1_ii_d", "164_308_a_3_ii_a", "164_308_a_6_ii", "164_312_b", "164_312_e_2_i"],
      gdpr: ["article_25", "article_30"],
    },
    managementEvents: { iso_27001_2022: ["A.8.15", "A.8.16"] },
  },
};

export const examples = (): Examples<"iam.accounts"> => {
  const found = exampleAccount();
  const trails = (...list: readonly FoundBy<"cloudtrail.trails">[]) => ({
    found,
    others: { "cloudtrail.trails": list },
  });
  const management = exampleFields({ eventCategory: "Management" });
  const half = (readOnly: string) => exampleFields({ eventCategory: "Management", readOnly });
  const advanced = (...selectors: readonly ReturnType<typeof exampleFields>[]) =>
    exampleTrail({ eventSelectors: [], advancedEventSelectors: selectors });
  const failing = exampleTrail({}, { latestDeliveryError: "AccessDenied" });
  return {
    pass: [
      { name: "one multi-region trail", ...trails(exampleTrail()) },
      { name: "with an advanced selector", ...trails(advanced(management)) },
      {
        name: "without the events of KMS",
        ...trails(
          advanced([...management, { field: "eventSource", operator: "NotEquals", values: ["kms.amazonaws.com"] }]),
        ),
      },
      { name: "reads and writes by a selector each", ...trails(advanced(half("true"), half("false"))) },
      { name: "one delivers and one does not", ...trails(failing, exampleTrail()) },
      {
        name: "one could not be read, another is right",
        ...trails(exampleTrail({ isLogging: undefined }), exampleTrail()),
      },
    ],
    fail: [
      {
        name: "no trail",
        ...trails(),
        expect: {
          severity: "high",
          details: { reason: "no_trail" },
          variants: ["anyTrail", "everyRegion", "managementEvents"],
        },
      },
      {
        name: "stopped",
        ...trails(exampleTrail({ isLogging: false })),
        expect: { details: { reason: "no_trail" } },
      },
      {
        name: "of one region",
        ...trails(exampleTrail({ isMultiRegion: false })),
        expect: { details: { reason: "no_multi_region" }, variants: ["everyRegion", "managementEvents"] },
      },
      {
        name: "writes only",
        ...trails(exampleTrail({ eventSelectors: [exampleSelector({ readWriteType: "WriteOnly" })] })),
        expect: { details: { reason: "no_management_events" }, variants: ["managementEvents"] },
      },
      {
        name: "reads only, by an advanced selector",
        ...trails(advanced(half("true"))),
        expect: { details: { reason: "no_management_events" } },
      },
      {
        name: "data events only",
        ...trails(advanced(exampleFields({ eventCategory: "Data" }))),
        expect: { details: { reason: "no_management_events" } },
      },
      {
        name: "some management events only",
        ...trails(advanced([...management, { field: "eventName", operator: "StartsWith", values: ["Delete"] }])),
      },
      {
        name: "delivery fails",
        ...trails(failing),
        expect: {
          severity: "medium",
          details: { reason: "delivery_failing" },
          variants: ["everyRegion", "managementEvents"],
        },
      },
    ],
    unknown: [
      { name: "status denied", ...trails(exampleTrail({ isLogging: undefined })) },
      { name: "selectors denied", ...trails(exampleTrail({ eventSelectors: undefined })) },
      { name: "advanced selectors denied", ...trails(exampleTrail({ advancedEventSelectors: undefined })) },
      { name: "no word on delivery", ...trails(exampleTrail({}, { latestDeliveryError: undefined })) },
    ],
  };
};
