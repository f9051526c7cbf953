import type { Stage } from "#collectors/api-routes";
import type { About, Check, Examples } from "#checks/check";
import { exampleApi, exampleRestApi } from "./examples.ts";
import { isRest, serviceOf, type Apis } from "./shared.ts";

export const check: Check<Apis> = {
  id: "apigateway_logging_off",
  severity: "low",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["apigateway.restApis", "apigatewayv2.apis"],
  decisive: ["stages"],
  params: {},
  judge({ name, nativeId, attributes: api }) {
    const operation = `${serviceOf(api)}:GetStages`;
    if (api.stages === undefined) return { status: "unknown", reason: `${operation} could not be read` };
    if (api.stages.length === 0) return null;
    const all: readonly Stage[] = api.stages;
    const silent = all.filter(
      ({ accessLogDestinationArn, loggingLevel }) =>
        accessLogDestinationArn === null && !(isRest(api) && (loggingLevel ?? "OFF") !== "OFF"),
    );
    if (silent.length === 0) return { status: "pass" };
    const stages = silent.map((stage) => stage.name);
    return {
      status: "fail",
      variants: [isRest(api) ? "rest" : "http"],
      summary: `API ${name ?? nativeId} keeps no logs of ${stages.join(", ")}.`,
      details: { stages },
      evidence: silent.map((stage) => ({
        call: operation,
        field: `${isRest(api) ? "item" : "Items"}[].accessLogSettings.destinationArn`,
        value: { stage: stage.name, destinationArn: null, loggingLevel: stage.loggingLevel },
      })),
    };
  },
};

export const about: About = {
  title: "Calls to a stage of the API are not logged",
  rationale: "When it is abused, or fails, nobody can tell who called what and what came back.",
  remediation: "Let the stage write access logs, and keep them for a limited time.",
  controls: {
    "cis_aws_7.0": ["4.10"],
    iso_27001_2022: ["A.8.15"],
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
    soc2: ["cc_a_1_1", "pi_1_2"],
  },
  variants: {
    rest: {
      aws_fsbp: ["APIGateway.1"],
      hipaa: ["164_308_a_1_ii_d", "164_308_a_3_ii_a", "164_308_a_6_ii", "164_312_b"],
      nist_800_53_r5: [
        "ac_4_26",
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
        "ia_3_3_b",
        "ma_4_1_a",
        "pm_14_a_1",
        "pm_14_b",
        "pm_31",
        "sc_7_9_b",
        "si_4_17",
        "si_7_8",
      ],
      soc2: ["cc_7_2", "cc_7_3"],
    },
    http: { aws_fsbp: ["APIGateway.9"] },
  },
};

export const examples = (): Examples<Apis> => {
  const stage = { name: "test", accessLogDestinationArn: null, loggingLevel: null };
  const rest = (loggingLevel: string | null) =>
    exampleRestApi({ stages: [{ ...stage, loggingLevel, tracingEnabled: null, webAclArn: null }] });
  return {
    pass: [
      { name: "access logs", found: exampleRestApi() },
      { name: "execution logs", found: rest("ERROR") },
      { name: "access logs, HTTP", found: exampleApi() },
    ],
    fail: [
      {
        name: "nothing set",
        found: rest(null),
        expect: { severity: "low", variants: ["rest"], details: { stages: ["test"] } },
      },
      { name: "switched off", found: rest("OFF") },
      {
        name: "one of two stages, HTTP",
        found: exampleApi({ stages: [{ ...stage, name: "prod", accessLogDestinationArn: "arn:log" }, stage] }),
        expect: { variants: ["http"], details: { stages: ["test"] } },
      },
      {
        name: "execution logs alone, WebSocket",
        found: exampleApi({ protocolType: "WEBSOCKET", stages: [{ ...stage, loggingLevel: "INFO" }] }),
      },
    ],
    unknown: [
      { name: "not readable", found: exampleRestApi({ stages: undefined }) },
      { name: "not readable, HTTP", found: exampleApi({ stages: undefined }) },
    ],
    notApplicable: [{ name: "nothing deployed", found: exampleApi({ stages: [] }) }],
  };
};
