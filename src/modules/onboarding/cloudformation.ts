import type { OnboardingPlan } from "./plan.ts";
import { parametersOf, trustPolicyOf, type Parameter } from "./trust.ts";

type Properties = Readonly<Record<string, unknown>>;

/** A template of CloudFormation. Source: AWS CloudFormation user guide, "Template anatomy", version 2010-09-09. */
export interface Template {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Parameters: Properties;
  readonly Conditions?: Properties;
  readonly Resources: Properties;
  readonly Outputs: Properties;
}

const ref = (name: string): Properties => ({ Ref: name });

/** What the plan says, to be made by one stack. It names an IAM role or user, so it needs `CAPABILITY_NAMED_IAM`. */
export function cloudFormationTemplate(plan: OnboardingPlan): Template {
  const { trust } = plan;
  const isKeyless = trust.method === "keyless";
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "Lets Cloudglass read what is in this account, and nothing else.",
    Parameters: Object.fromEntries(parametersOf(plan).map((one) => [one.name, parameter(one)])),
    ...(isKeyless ? { Conditions: { MakesProvider: { "Fn::Equals": [ref("CreateProvider"), "true"] } } } : {}),
    Resources: { ...policies(plan), ...(isKeyless ? { Provider: provider(trust) } : {}), ...principal(plan) },
    Outputs:
      trust.method === "access_key"
        ? { UserName: { Description: "Make an access key of this user.", Value: ref("User") } }
        : { RoleArn: { Description: "The role to connect.", Value: { "Fn::GetAtt": ["Role", "Arn"] } } },
  };
}

const parameter = ({ description, default: value, pattern }: Parameter): Properties => ({
  Type: "String",
  Description: description,
  ...(value === null ? {} : { Default: value }),
  AllowedPattern: `^(${pattern})$`,
});

const policyName = (at: number): string => `Policy${at + 1}`;

const policies = ({ policies: documents }: OnboardingPlan): Properties =>
  Object.fromEntries(
    documents.map((PolicyDocument, at) => [
      policyName(at),
      { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument } },
    ]),
  );

const provider = ({ issuer, audience }: { readonly issuer: string; readonly audience: string }): Properties => ({
  Type: "AWS::IAM::OIDCProvider",
  Condition: "MakesProvider",
  Properties: { Url: issuer, ClientIdList: [audience] },
});

function principal({ trust, policies: documents, path }: OnboardingPlan): Properties {
  const ManagedPolicyArns = documents.map((_, at) => ref(policyName(at)));
  if (trust.method === "access_key") {
    return { User: { Type: "AWS::IAM::User", Properties: { UserName: ref("UserName"), ManagedPolicyArns } } };
  }
  const AssumeRolePolicyDocument = withReferences(
    trustPolicyOf(trust, { awsAccountId: "${AWS::AccountId}", subject: "${Subject}", externalId: "${ExternalId}" }),
  );
  const Properties = { RoleName: ref("RoleName"), Path: path, AssumeRolePolicyDocument, ManagedPolicyArns };
  return { Role: { Type: "AWS::IAM::Role", Properties } };
}

/** Texts with `${…}` in them become `Fn::Sub`. */
function withReferences(value: unknown): unknown {
  if (typeof value === "string") return value.includes("${") ? { "Fn::Sub": value } : value;
  if (Array.isArray(value)) return value.map(withReferences);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withReferences(inner)]));
}

/** Where the console begins a stack of a template; `{templateUrl}` stands for the address of a copy in S3. */
export function quickCreateUrl(plan: OnboardingPlan): string {
  const given = parametersOf(plan).flatMap(({ name, default: value }): [string, string][] =>
    value === null ? [] : [[`param_${name}`, value]],
  );
  const query = new URLSearchParams([["stackName", "cloudglass"], ...given]);
  return `https://console.aws.amazon.com/cloudformation/home#/stacks/quickcreate?templateURL={templateUrl}&${query.toString()}`;
}
