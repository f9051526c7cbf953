import type { About, Check, Examples } from "#checks/check";
import { exampleFunction } from "./examples.ts";

export const check: Check<"lambda.functions"> = {
  id: "lambda_url_public",
  severity: "high",
  category: "security",
  domain: "network_exposure",
  effort: "low",
  confidence: 0.9,
  drift: true,
  resources: ["lambda.functions"],
  decisive: ["urls", "corsWildcard"],
  params: {},
  judge({ name, nativeId, attributes: { urls } }) {
    if (urls === undefined)
      return { status: "unknown", reason: "lambda:GetPolicy or lambda:ListFunctionUrlConfigs could not be read" };
    const open = urls?.filter(({ authType }) => authType === "NONE") ?? [];
    if (open.length === 0) return { status: "pass" };
    const corsWildcard = open.some(({ corsAllowOrigins }) => corsAllowOrigins.includes("*"));
    const call = "lambda:ListFunctionUrlConfigs";
    const config = "FunctionUrlConfigs[]";
    return {
      status: "fail",
      exposure: "internet",
      summary: `The URL of function ${name ?? nativeId} asks nobody who he is.`,
      details: { urls: open.map(({ url }) => url), corsWildcard },
      evidence: open.flatMap(({ authType, corsAllowOrigins }) => [
        { call, field: `${config}.AuthType`, value: authType },
        { call, field: `${config}.Cors.AllowOrigins`, value: corsAllowOrigins },
      ]),
    };
  },
};

export const about: About = {
  title: "The function has an address that anyone may call",
  rationale:
    "Calls to this address go past every gateway, firewall and login in front of your application, straight to the code.",
  remediation:
    "Set the URL's auth type to AWS_IAM. If browsers need it, let only a CloudFront distribution call it, and check callers in the code.",
  controls: {
    hipaa: ["164_308_a_1_ii_b", "164_308_a_3_i", "164_312_a_1"],
    iso_27001_2022: ["A.8.1"],
    nist_800_53_r5: [
      "ac_2_6",
      "ac_3",
      "ac_3_7",
      "ac_4_21",
      "ac_6",
      "ac_17_1",
      "ac_17_4_a",
      "ac_17_9",
      "ac_17_10",
      "ac_17_b",
      "mp_2",
      "sc_7_2",
      "sc_7_3",
      "sc_7_7",
      "sc_7_9_a",
      "sc_7_11",
      "sc_7_12",
      "sc_7_16",
      "sc_7_20",
      "sc_7_21",
      "sc_7_24_b",
      "sc_7_25",
      "sc_7_26",
      "sc_7_27",
      "sc_7_28",
      "sc_7_a",
      "sc_7_b",
      "sc_7_c",
      "sc_25",
    ],
  },
};

export const examples = (): Examples<"lambda.functions"> => {
  const at = (authType: string, corsAllowOrigins: readonly string[] = []) =>
    exampleFunction({
      policy: [],
      urls: [{ url: "https://abc.lambda-url.eu-west-1.on.aws/", authType, corsAllowOrigins }],
    });
  const urls = ["https://abc.lambda-url.eu-west-1.on.aws/"];
  return {
    pass: [
      { name: "no URL", found: exampleFunction() },
      { name: "its URL was deleted", found: exampleFunction({ urls: [] }) },
      { name: "signed calls only", found: at("AWS_IAM", ["*"]) },
    ],
    fail: [
      { name: "open", found: at("NONE"), expect: { exposure: "internet", details: { urls, corsWildcard: false } } },
      { name: "open to every web page", found: at("NONE", ["*"]), expect: { details: { corsWildcard: true } } },
    ],
    unknown: [{ name: "not readable", found: exampleFunction({ urls: undefined }) }],
  };
};
