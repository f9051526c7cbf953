import type { About, Check, Examples } from "#checks/check";
import { exampleFunction } from "./examples.ts";

interface Params {
  /** Runtimes that get no more security fixes. */
  readonly deprecated: readonly string[];
  /** Runtimes whose end AWS has announced. */
  readonly retiringSoon: readonly string[];
}

export const check: Check<"lambda.functions", Params> = {
  id: "lambda_deprecated_runtime",
  severity: "medium",
  category: "security",
  domain: "patching",
  effort: "medium",
  confidence: 1,
  drift: false,
  resources: ["lambda.functions"],
  decisive: ["runtime"],
  // Sources: Prowler's list of obsolete runtimes (25 of them); the rest as AWS's page on Lambda runtimes is remembered.
  params: {
    deprecated: words(
      "python2.7 python3.6 python3.7 python3.8 nodejs nodejs4.3 nodejs4.3-edge nodejs6.10 nodejs8.10 nodejs10.x nodejs12.x nodejs14.x nodejs16.x dotnetcore1.0 dotnetcore2.0 dotnetcore2.1 dotnetcore3.1 dotnet5.0 dotnet6 dotnet7 ruby2.5 ruby2.7 go1.x java8 provided nodejs18.x nodejs20.x python3.9 ruby3.2",
    ),
    retiringSoon: words("python3.10 dotnet8 java8.al2 java11 provided.al2"),
  },
  judge({ name, nativeId, attributes: { runtime, packageType } }, { params }) {
    // An image brings its own runtime.
    if (packageType === "Image") return null;
    if (packageType === null || runtime === null)
      return { status: "unknown", reason: "lambda:ListFunctions did not say which runtime it uses" };
    const isDeprecated = params.deprecated.includes(runtime);
    if (!isDeprecated && !params.retiringSoon.includes(runtime)) return { status: "pass" };
    return {
      status: "fail",
      severity: isDeprecated ? "medium" : "low",
      summary: `Function ${name ?? nativeId} runs on ${runtime}, which AWS ${isDeprecated ? "no longer supports" : "is about to retire"}.`,
      details: { runtime, isDeprecated },
      evidence: [{ call: "lambda:ListFunctions", field: "Functions[].Runtime", value: runtime }],
    };
  },
};

function words(text: string): readonly string[] {
  return text.split(" ");
}

export const about: About = {
  title: "The function runs on a language runtime past its support",
  rationale:
    "Holes found in the language or its libraries are not closed there any more, and before long AWS refuses changes to the function.",
  remediation: "Choose a current version of the language, run the tests with it, and deploy.",
  controls: { aws_fsbp: ["Lambda.2"] },
};

export const examples = (): Examples<"lambda.functions", Params> => {
  const on = (runtime: string | null, packageType: string | null = "Zip") => exampleFunction({ runtime, packageType });
  return {
    pass: [
      { name: "current", found: on("nodejs22.x") },
      { name: "a list of one's own", found: on("python3.8"), params: { deprecated: ["python3.7"] } },
    ],
    fail: [
      {
        name: "retired",
        found: on("python3.8"),
        expect: { severity: "medium", details: { runtime: "python3.8", isDeprecated: true } },
      },
      { name: "soon to be", found: on("java11"), expect: { severity: "low" } },
      {
        name: "on both lists",
        found: on("java11"),
        params: { deprecated: ["java11"] },
        expect: { severity: "medium" },
      },
    ],
    unknown: [
      { name: "no runtime", found: on(null) },
      { name: "no package type", found: on("python3.8", null) },
    ],
    notApplicable: [{ name: "a container image", found: on(null, "Image") }],
  };
};
