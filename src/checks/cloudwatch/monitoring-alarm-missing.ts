import type { About, Check, Controls, Examples } from "#checks/check";
import { exampleTrail } from "#checks/cloudtrail/examples";
import { exampleAccount } from "#checks/iam/examples";
import { accountOf } from "#checks/public-policy";
import type { FoundBy } from "#collectors/registry";

interface Params {
  /** What an alarm is wanted for. */
  readonly events: readonly string[];
}

interface Evidence {
  /** Number of the control in the chapter on monitoring of CIS. */
  readonly cis: number;
  readonly controls: Controls;
}

const logged: Controls = { iso_27001_2022: ["A.8.15", "A.8.16"] };
const network: Controls = {
  nist_800_53_r5: [
    "au_6_1",
    "au_6_5",
    "au_12_3",
    "au_14_a",
    "au_14_b",
    "ca_2_2",
    "ca_7",
    "ca_7_b",
    "pm_14_a_1",
    "pm_14_b",
    "pm_31",
    "sc_36_1_a",
    "si_2_a",
    "si_4_12",
    "si_5_1",
    "si_5_b",
  ],
  soc2: ["cc_5_2", "cc_7_2", "cc_7_3", "cc_7_4"],
  hipaa: ["164_308_a_6_i"],
};

/** What a metric filter's pattern has to look for: names of events or fields, values. */
const watched: Readonly<Record<string, readonly string[]>> = {
  unauthorizedCalls: ["errorCode", "UnauthorizedOperation", "AccessDenied"],
  signInWithoutMfa: ["ConsoleLogin", "MFAUsed"],
  rootUse: ["userIdentity.type", "Root"],
  iamPolicies: ["PutUserPolicy", "AttachRolePolicy", "CreatePolicyVersion"],
  cloudTrail: ["StopLogging", "DeleteTrail", "UpdateTrail"],
  signInFailures: ["ConsoleLogin", "Failed authentication"],
  kmsKeys: ["DisableKey", "ScheduleKeyDeletion"],
  bucketPolicies: ["PutBucketPolicy", "PutBucketAcl", "DeleteBucketPolicy"],
  config: ["StopConfigurationRecorder", "DeleteDeliveryChannel"],
  securityGroups: ["AuthorizeSecurityGroupIngress", "CreateSecurityGroup"],
  networkAcls: ["CreateNetworkAcl", "ReplaceNetworkAclEntry"],
  gateways: ["AttachInternetGateway", "CreateCustomerGateway"],
  routeTables: ["CreateRoute", "ReplaceRoute"],
  vpcs: ["CreateVpc", "DeleteVpc", "ModifyVpcAttribute"],
  organizations: ["organizations.amazonaws.com"],
};

/** What an alarm on each is evidence of. */
const evidenceOf: Readonly<Record<string, Evidence>> = {
  unauthorizedCalls: { cis: 1, controls: { ...logged, soc2: ["pi_1_3"], gdpr: ["article_25"] } },
  signInWithoutMfa: { cis: 2, controls: { ...logged, gdpr: ["article_25"] } },
  rootUse: {
    cis: 3,
    controls: { ...logged, soc2: ["pi_1_3"], hipaa: ["164_308_a_6_i", "164_308_a_6_ii"], gdpr: ["article_25"] },
  },
  iamPolicies: { cis: 4, controls: { ...logged, soc2: ["cc_5_2", "pi_1_3"], gdpr: ["article_25"] } },
  cloudTrail: { cis: 5, controls: { ...logged, soc2: ["cc_5_2"], gdpr: ["article_25"] } },
  signInFailures: {
    cis: 6,
    controls: {
      ...logged,
      soc2: ["pi_1_3"],
      hipaa: ["164_308_a_5_ii_c", "164_308_a_6_i", "164_308_a_6_ii"],
      gdpr: ["article_25"],
    },
  },
  kmsKeys: { cis: 7, controls: { ...logged, gdpr: ["article_25"] } },
  bucketPolicies: { cis: 8, controls: { ...logged, soc2: ["cc_5_2"], gdpr: ["article_25"] } },
  config: { cis: 9, controls: { ...logged, soc2: ["cc_5_2"], gdpr: ["article_25"] } },
  securityGroups: { cis: 10, controls: { ...logged, soc2: ["cc_5_2"], gdpr: ["article_25"] } },
  networkAcls: { cis: 11, controls: { ...network, ...logged } },
  gateways: { cis: 12, controls: { ...network, ...logged } },
  routeTables: { cis: 13, controls: { ...network } },
  vpcs: { cis: 14, controls: { ...network, iso_27001_2022: ["A.8.15", "A.8.16", "A.8.20", "A.8.21", "A.8.22"] } },
  organizations: { cis: 15, controls: { ...logged, soc2: ["cc_5_2"] } },
};

export const check: Check<"iam.accounts", Params, "cloudtrail.trails" | "logs.metricFilters" | "cloudwatch.alarms"> = {
  id: "monitoring_alarm_missing",
  severity: "low",
  category: "compliance",
  domain: "logging_detection",
  effort: "medium",
  confidence: 0.9,
  drift: false,
  resources: ["iam.accounts"],
  reads: ["cloudtrail.trails", "logs.metricFilters", "cloudwatch.alarms"],
  condense: {
    "iam.accounts": () => ({}),
    "cloudtrail.trails": ({ attributes: { isMultiRegion, isLogging, cloudWatchLogsLogGroupArn } }) => ({
      isMultiRegion,
      isLogging,
      cloudWatchLogsLogGroupArn,
    }),
    "logs.metricFilters": ({ attributes: { logGroupArn, filterPattern, metrics } }) => ({
      logGroupArn,
      filterPattern,
      metrics,
    }),
    // No metric filter may write to a namespace of AWS.
    "cloudwatch.alarms": ({ attributes: { metrics, actionsEnabled, alarmActions } }) =>
      metrics.some(({ namespace }) => !namespace.startsWith("AWS/")) ? { metrics, actionsEnabled, alarmActions } : null,
  },
  decisive: ["missing"],
  params: { events: Object.keys(watched) },
  judge(_account, context) {
    const trails = context
      .others("cloudtrail.trails")
      .filter(({ attributes }) => attributes.isMultiRegion && attributes.isLogging !== false)
      .map(({ attributes }) => attributes);
    const groups = new Set(
      trails.flatMap(({ isLogging, cloudWatchLogsLogGroupArn: arn }) =>
        isLogging && arn ? arn.replace(/:\*$/, "") : [],
      ),
    );
    const heard = heardMetrics(context.others("cloudwatch.alarms"));
    const patterns = context
      .others("logs.metricFilters")
      .filter(
        ({ attributes: { logGroupArn, metrics } }) =>
          groups.has(logGroupArn) && metrics.some((metric) => heard.has(keyOf(logGroupArn, metric))),
      )
      .map(({ attributes }) => attributes.filterPattern ?? "");
    const missing = context.params.events.filter((name) => {
      const terms = watched[name] ?? [];
      return !patterns.some((pattern) => terms.every((term) => looksFor(pattern, term)));
    });
    if (missing.length === 0) return { status: "pass" };
    const isElsewhere = [...groups].some((group) => accountOf(group) !== context.place.awsAccountId);
    if (isElsewhere || trails.some(({ isLogging }) => isLogging === undefined))
      return {
        status: "unknown",
        reason: "A trail's log group lies in another account, or its status could not be read",
      };
    return {
      status: "fail",
      summary:
        groups.size === 0
          ? "No multi-region trail feeds CloudWatch Logs, so that no alarm can watch the account's events."
          : `No alarm tells anybody about: ${missing.join(", ")}.`,
      details: { missing, logGroups: [...groups].toSorted() },
      variants: missing.filter((name) => name in watched),
      evidence: [
        {
          call: "cloudtrail:DescribeTrails",
          field: "trailList[].CloudWatchLogsLogGroupArn",
          value: [...groups].toSorted(),
        },
        { call: "logs:DescribeMetricFilters", field: "metricFilters[].filterPattern", value: patterns.toSorted() },
      ],
    };
  },
};

/** A metric of the region an ARN names. */
const keyOf = (
  arn: string,
  { namespace, metricName }: { readonly namespace: string; readonly metricName: string },
): string => [arn.split(":")[3], namespace, metricName].join("\n");

/** The metrics of which somebody or something is told. */
const heardMetrics = (alarms: readonly FoundBy<"cloudwatch.alarms">[]): ReadonlySet<string> =>
  new Set(
    alarms
      .filter(({ attributes }) => attributes.actionsEnabled && attributes.alarmActions.length > 0)
      .flatMap(({ nativeId, attributes }) => attributes.metrics.map((metric) => keyOf(nativeId, metric))),
  );

/** As a word of its own, and not as what must not be. */
const looksFor = (pattern: string, term: string): boolean =>
  new RegExp(String.raw`(?<!!=\s*"?\*?)(?<!\w)${term.replaceAll(".", String.raw`\.`)}(?!\w)`).test(pattern);

export const about: About = {
  title: "Nobody is told when something grave happens to the account",
  rationale:
    "A sign-in as root, a trail switched off or a policy rewritten stays unnoticed until somebody happens to look, while an alarm tells within minutes.",
  remediation:
    "Send a multi-region trail to CloudWatch Logs, make a metric filter for each kind of event, and an alarm on each metric that writes to an SNS topic. If EventBridge rules tell you already, ignore this.",
  controls: {},
  variants: Object.fromEntries(
    Object.entries(evidenceOf).map(([name, { cis, controls }]) => [
      name,
      {
        "cis_aws_3.0": [`4.${cis}`],
        "cis_aws_5.0": [`4.${cis}`],
        "cis_aws_6.0": [`5.${cis}`],
        "cis_aws_7.0": [`5.${cis}`],
        ...controls,
      },
    ]),
  ),
};

export const examples = (): Examples<"iam.accounts", Params> => {
  const group = "arn:aws:logs:eu-west-1:111122223333:log-group:trail";
  const filter = (
    filterPattern: string | null,
    metricName = "m",
    logGroupArn = group,
  ): FoundBy<"logs.metricFilters"> => ({
    nativeId: `${logGroupArn}:metric-filter:${metricName}`,
    arn: null,
    name: metricName,
    state: null,
    tags: {},
    createdAt: null,
    attributes: { logGroupArn, filterPattern, metrics: [{ namespace: "Audit", metricName }] },
  });
  const alarm = (
    attributes: Partial<FoundBy<"cloudwatch.alarms">["attributes"]> = {},
    region = "eu-west-1",
  ): FoundBy<"cloudwatch.alarms"> => ({
    nativeId: `arn:aws:cloudwatch:${region}:111122223333:alarm:a`,
    arn: `arn:aws:cloudwatch:${region}:111122223333:alarm:a`,
    name: "a",
    state: null,
    tags: {},
    createdAt: null,
    attributes: {
      description: null,
      namespace: "Audit",
      metricName: "m",
      metrics: [{ namespace: "Audit", metricName: "m" }],
      actionsEnabled: true,
      alarmActions: ["arn:aws:sns:eu-west-1:111122223333:alerts"],
      comparisonOperator: null,
      threshold: 1,
      periodSeconds: 300,
      evaluationPeriods: 1,
      treatMissingData: null,
      configuredAt: null,
      ...attributes,
    },
  });
  const given = (filters: readonly unknown[], alarms: readonly unknown[] = [alarm()], trails = [exampleTrail()]) => ({
    found: exampleAccount(),
    others: { "cloudtrail.trails": trails, "logs.metricFilters": filters, "cloudwatch.alarms": alarms },
  });
  const root =
    '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }';
  const params = { events: ["rootUse"] };
  const every = Object.values(watched).map((terms) => filter(terms.join(" ")));
  return {
    pass: [
      { name: "an alarm on each", ...given(every) },
      { name: "an alarm on the one that is wanted", ...given([filter(root)]), params },
      {
        name: "in the words of CIS",
        ...given([
          filter(
            '{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && ($.eventName!="HeadBucket") }',
          ),
        ]),
        params: { events: ["unauthorizedCalls"] },
      },
    ],
    fail: [
      {
        name: "no trail",
        ...given(every, [alarm()], []),
        expect: { severity: "low", variants: Object.keys(watched), details: { logGroups: [] } },
      },
      { name: "one is not watched", ...given(every.slice(1)), expect: { variants: ["unauthorizedCalls"] } },
      {
        name: "a trail of one region",
        ...given([filter(root)], [alarm()], [exampleTrail({ isMultiRegion: false })]),
        params,
        expect: { variants: ["rootUse"] },
      },
      { name: "a stopped trail", ...given([filter(root)], [alarm()], [exampleTrail({ isLogging: false })]), params },
      {
        name: "no log group",
        ...given([filter(root)], [alarm()], [exampleTrail({ cloudWatchLogsLogGroupArn: null })]),
        params,
      },
      { name: "a filter of another group", ...given([filter(root, "m", `${group}2`)]), params },
      { name: "a filter without a pattern", ...given([filter(null)]), params },
      { name: "no alarm on its metric", ...given([filter(root, "other")]), params },
      { name: "an alarm of another region", ...given([filter(root)], [alarm({}, "us-east-1")]), params },
      { name: "an alarm that is muted", ...given([filter(root)], [alarm({ actionsEnabled: false })]), params },
      { name: "an alarm that tells nobody", ...given([filter(root)], [alarm({ alarmActions: [] })]), params },
      {
        name: "an alarm on another metric",
        ...given([filter(root)], [alarm({ metrics: [{ namespace: "AWS/EC2", metricName: "m" }] })]),
        params,
      },
      {
        name: "a longer word",
        ...given([filter('{ ($.eventName = "CreateRouteTable") || ($.eventName = "ReplaceRouteTableAssociation") }')]),
        params: { events: ["routeTables"] },
        expect: { variants: ["routeTables"] },
      },
      {
        name: "a pattern that leaves the events out",
        ...given([filter('{ ($.eventName != "DisableKey") && ($.eventName != "ScheduleKeyDeletion") }')]),
        params: { events: ["kmsKeys"] },
      },
    ],
    unknown: [
      { name: "status denied", ...given([], [], [exampleTrail({ isLogging: undefined })]) },
      {
        name: "the log group is another account's",
        ...given(
          [],
          [],
          [exampleTrail({ cloudWatchLogsLogGroupArn: "arn:aws:logs:eu-west-1:999999999999:log-group:org:*" })],
        ),
      },
    ],
  };
};
