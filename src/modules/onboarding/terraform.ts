import type { OnboardingPlan } from "./plan.ts";
import { parametersOf, trustPolicyOf, type Parameter } from "./trust.ts";

const variableName = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();

/** JSON is an expression of HCL, and `${…}` in its texts is evaluated. Source: Terraform language, "Expressions". */
const expression = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll("\n", "\n  ");

const block = (head: string, members: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...members.map(([name]) => name.length));
  return `${head} {\n${members.map(([name, value]) => `  ${name.padEnd(width)} = ${value}\n`).join("")}}\n`;
};

/** What the plan says, as a module of Terraform for the provider hashicorp/aws 5 or newer. */
export function terraformModule(plan: OnboardingPlan): string {
  return [
    "# Lets Cloudglass read what is in this account, and nothing else.\n",
    ...parametersOf(plan).map(variable),
    ...principal(plan),
    ...plan.policies.flatMap((document, at) => policy(plan, document, at)),
    output(plan),
  ].join("\n");
}

function variable({ name, description, default: value, pattern }: Parameter): string {
  const own = variableName(name);
  const members: (readonly [string, string])[] = [
    ["type", name === "CreateProvider" ? "bool" : "string"],
    ["description", JSON.stringify(description)],
    ...(value === null ? [] : [["default", name === "CreateProvider" ? value : JSON.stringify(value)] as const]),
  ];
  if (name === "CreateProvider") return block(`variable "${own}"`, members);
  const condition = `can(regex(${JSON.stringify(`^(${pattern})$`)}, var.${own}))`;
  const validation = block("  validation", [
    ["condition", condition],
    ["error_message", JSON.stringify(`Not as expected: ${pattern}`)],
  ]);
  return block(`variable "${own}"`, members).replace(/\}\n$/, `\n${validation.replaceAll(/\n(?=.)/g, "\n  ")}}\n`);
}

function principal({ trust, path }: OnboardingPlan): string[] {
  if (trust.method === "access_key")
    return [block('resource "aws_iam_user" "cloudglass"', [["name", "var.user_name"]])];
  const blanks = {
    awsAccountId: "${data.aws_caller_identity.current.account_id}",
    subject: "${var.subject}",
    externalId: "${var.external_id}",
  };
  const role = block('resource "aws_iam_role" "cloudglass"', [
    ["name", "var.role_name"],
    ["path", JSON.stringify(path)],
    ["assume_role_policy", `jsonencode(${expression(trustPolicyOf(trust, blanks))})`],
  ]);
  if (trust.method === "role") return [role];
  const provider = block('resource "aws_iam_openid_connect_provider" "cloudglass"', [
    ["count", "var.create_provider ? 1 : 0"],
    ["url", JSON.stringify(trust.issuer)],
    ["client_id_list", JSON.stringify([trust.audience])],
  ]);
  return ['data "aws_caller_identity" "current" {}\n', provider, role];
}

function policy({ trust }: OnboardingPlan, document: unknown, at: number): string[] {
  const kind = trust.method === "access_key" ? "user" : "role";
  const name = `cloudglass_${at + 1}`;
  return [
    block(`resource "aws_iam_policy" "${name}"`, [
      ["name", `"\${var.${kind}_name}-${at + 1}"`],
      ["policy", `jsonencode(${expression(document)})`],
    ]),
    block(`resource "aws_iam_${kind}_policy_attachment" "${name}"`, [
      [kind, `aws_iam_${kind}.cloudglass.name`],
      ["policy_arn", `aws_iam_policy.${name}.arn`],
    ]),
  ];
}

const output = ({ trust }: OnboardingPlan): string =>
  trust.method === "access_key"
    ? block('output "user_name"', [["value", "aws_iam_user.cloudglass.name"]])
    : block('output "role_arn"', [["value", "aws_iam_role.cloudglass.arn"]]);
