import { covers } from "#checks/public-policy";
import type { About, Check, Examples } from "#checks/check";
import type { InlinePolicy } from "#collectors/iam/shapes";
import type { PolicyStatement } from "#collectors/policy";
import type { FoundBy } from "#collectors/registry";
import { exampleGroup, examplePolicy, exampleRole, exampleStatement, exampleUser } from "./examples.ts";
import {
  called,
  grantsAll,
  inlineEvidence,
  isManaged,
  isPrincipal,
  policyEvidence,
  policyHolders,
  unreadable,
  type PolicyHolderId,
} from "./shared.ts";

interface Params {
  /** Sets of actions each of which, allowed on every resource, makes an administrator of its holder. */
  readonly paths: readonly (readonly string[])[];
}

const passRole = "iam:PassRole";

export const check: Check<PolicyHolderId, Params> = {
  id: "iam_privilege_escalation",
  severity: "high",
  category: "security",
  domain: "identity",
  effort: "medium",
  confidence: 0.8,
  drift: true,
  resources: policyHolders,
  decisive: ["paths", "inlinePolicies"],
  params: {
    paths: [
      ["iam:CreatePolicyVersion"],
      ["iam:SetDefaultPolicyVersion"],
      ["iam:AttachUserPolicy"],
      ["iam:AttachGroupPolicy"],
      ["iam:AttachRolePolicy"],
      ["iam:PutUserPolicy"],
      ["iam:PutGroupPolicy"],
      ["iam:PutRolePolicy"],
      ["iam:AddUserToGroup"],
      ["iam:CreateAccessKey"],
      ["iam:CreateLoginProfile"],
      ["iam:UpdateLoginProfile"],
      ["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"],
      [passRole, "lambda:CreateFunction", "lambda:InvokeFunction"],
      [passRole, "lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
      [passRole, "ec2:RunInstances"],
      [passRole, "ecs:RunTask"],
      [passRole, "glue:CreateDevEndpoint"],
      [passRole, "glue:CreateJob", "glue:StartJobRun"],
      [passRole, "cloudformation:CreateStack"],
      [passRole, "sagemaker:CreateNotebookInstance"],
      [passRole, "codebuild:CreateProject", "codebuild:StartBuild"],
      [passRole, "bedrock-agentcore:CreateCodeInterpreter"],
      [passRole, "bedrock-agentcore:CreateAgentRuntime"],
    ],
  },
  /** What allows everything outright is iam_policy_full_admin's. */
  judge(found, { params }) {
    const policies = policiesOf(found);
    const odd = policies?.find(({ statements }) => statements === undefined);
    if (odd) return unreadable(odd.name);
    if (!policies) return null;
    const statements = policies.flatMap((policy) => policy.statements ?? []);
    const paths = statements.some(grantsAll) ? [] : params.paths.filter((path) => opens(statements, path));
    if (paths.length === 0) return { status: "pass" };
    const words = paths.map((path) => path.join(" + "));
    const inlinePolicies = isPrincipal(found) ? policies.map(({ name }) => name) : [];
    return {
      status: "fail",
      ...(isPrincipal(found) && { variants: ["inline"] }),
      summary: `${isPrincipal(found) ? `${called(found)} may by its inline policies` : `Whoever has policy ${found.name} may`} become administrator: ${words.join("; ")}.`,
      details: { paths: words, inlinePolicies },
      evidence: [
        isPrincipal(found)
          ? inlineEvidence(found, inlinePolicies)
          : policyEvidence(
              "PolicyVersionList[].Document",
              statements.filter(({ effect }) => effect === "Allow"),
            ),
      ],
    };
  },
};

/** What is judged together: all inline policies of a principal, or one policy by itself; null: nobody has it. */
function policiesOf(found: FoundBy<PolicyHolderId>): readonly InlinePolicy[] | null {
  if (isPrincipal(found)) return found.attributes.inlinePolicies;
  if (!isManaged(found) || found.attributes.attached === false) return null;
  return [{ name: found.name ?? found.nativeId, statements: found.attributes.statements }];
}

/** Whether all actions of a path are allowed on everything, and none of them is refused. */
const opens = (statements: readonly PolicyStatement[], path: readonly string[]): boolean =>
  path.every((action) => {
    const about = statements.filter((statement) => isOnEverything(statement) && covers(statement, action));
    return (
      about.some((statement) => statement.effect === "Allow" && isFree(statement, action, path)) &&
      !about.some(({ effect, conditions }) => effect === "Deny" && conditions.length === 0)
    );
  });

/** `*`, `arn:aws:iam::*:role/*`, `arn:aws:lambda:eu-west-1:111122223333:function:*`. */
const isOnEverything = ({ resources }: PolicyStatement): boolean =>
  resources.some((resource) => /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:([\w-]+[/:])?\*)$/.test(resource));

/** Without conditions, or with none but that a role goes to the very service that the path is about. */
const isFree = ({ conditions }: PolicyStatement, action: string, path: readonly string[]): boolean =>
  conditions.every(
    ({ operator, key, values }) =>
      action === passRole &&
      /^string(equals|like)/i.test(operator) &&
      key.toLowerCase() === "iam:passedtoservice" &&
      values.some((value) => path.some((other) => other !== passRole && isService(value, other.split(":")[0] ?? ""))),
  );

/** `ecs-tasks.amazonaws.com` is that of `ecs:RunTask`. */
const isService = (principal: string, prefix: string): boolean =>
  principal.startsWith("*") || principal.startsWith(prefix);

export const about: About = {
  title: "A policy is one step away from administrator",
  rationale:
    "Nobody counts its holders among the administrators, yet each of them, and whoever steals a session of theirs, can take every right there is.",
  remediation:
    "Allow iam:PassRole on the roles that have to be passed and no others, and take the actions that write to IAM out, or name the very users and policies they are for.",
  controls: {},
  variants: { inline: { soc2: ["cc_3_3"] } },
};

export function examples(): Examples<PolicyHolderId, Params> {
  const allowing = (actions: readonly string[], more: Partial<PolicyStatement> = {}) =>
    exampleStatement({ actions, ...more });
  const policy = (...statements: readonly PolicyStatement[]) => examplePolicy(statements);
  const inline = (...all: readonly PolicyStatement[]) => ({
    inlinePolicies: all.map((statement, at) => ({ name: `part-${at}`, statements: [statement] })),
  });
  const toService = (...values: readonly string[]) => ({
    conditions: [{ operator: "StringEquals", key: "iam:PassedToService", values }],
  });
  const lambda = allowing(["lambda:*"]);
  const odd = [{ name: "odd", statements: undefined }];
  return {
    pass: [
      { name: "nothing of IAM", found: policy(allowing(["s3:*", "ec2:*"])) },
      { name: "IAM read only", found: policy(allowing(["iam:Get*", "iam:List*"])) },
      { name: "everything: reported elsewhere", found: policy(exampleStatement()) },
      {
        name: "one's own keys",
        found: policy(
          allowing(["iam:CreateAccessKey"], { resources: ["arn:aws:iam::111122223333:user/${aws:username}"] }),
        ),
      },
      {
        name: "one role to pass",
        found: policy(lambda, allowing(["iam:PassRole"], { resources: ["arn:aws:iam::111122223333:role/app"] })),
      },
      {
        name: "a role for another service",
        found: policy(lambda, allowing(["iam:PassRole"], toService("ec2.amazonaws.com"))),
      },
      { name: "half of a path", found: policy(allowing(["iam:UpdateAssumeRolePolicy"])) },
      {
        name: "refused again",
        found: policy(allowing(["iam:*"]), allowing(["iam:*", "sts:*"], { effect: "Deny" })),
      },
      {
        name: "on a condition",
        found: policy(
          allowing(["iam:PutRolePolicy"], {
            conditions: [{ operator: "StringEquals", key: "iam:PermissionsBoundary", values: ["arn:x"] }],
          }),
        ),
      },
      { name: "everything but IAM", found: policy(exampleStatement({ actions: [], notActions: ["iam:*"] })) },
      { name: "a user without inline policies", found: exampleUser() },
      { name: "paths of one's own", found: policy(allowing(["iam:PutRolePolicy"])), params: { paths: [["a:B"]] } },
    ],
    fail: [
      {
        name: "one action",
        found: policy(allowing(["iam:CreatePolicyVersion"])),
        expect: { severity: "high", details: { paths: ["iam:CreatePolicyVersion"], inlinePolicies: [] } },
      },
      {
        name: "by a pattern, in another case",
        found: policy(allowing(["IAM:Attach*"])),
        expect: { details: { paths: ["iam:AttachUserPolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy"] } },
      },
      {
        name: "all roles of the account to a function",
        found: policy(lambda, allowing(["iam:PassRole"], { resources: ["arn:aws:iam::111122223333:role/*"] })),
        expect: {
          details: {
            paths: [
              "iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction",
              "iam:PassRole + lambda:CreateFunction + lambda:CreateEventSourceMapping",
            ],
          },
        },
      },
      {
        name: "all roles to the very service",
        found: policy(allowing(["ecs:RunTask"]), allowing(["iam:PassRole"], toService("ecs-tasks.amazonaws.com"))),
        expect: { details: { paths: ["iam:PassRole + ecs:RunTask"] } },
      },
      {
        name: "everything but a part of IAM",
        found: policy(exampleStatement({ actions: [], notActions: ["iam:Create*", "iam:A*", "iam:P*", "iam:U*"] })),
        expect: { details: { paths: ["iam:SetDefaultPolicyVersion"] } },
      },
      {
        name: "refused on another resource or on a condition only",
        found: policy(
          allowing(["iam:CreateAccessKey"]),
          allowing(["iam:*"], { effect: "Deny", resources: ["arn:aws:iam::111122223333:user/root-like"] }),
          allowing(["iam:*"], { effect: "Deny", ...toService("x") }),
        ),
      },
      {
        name: "two inline policies together",
        found: exampleRole(inline(allowing(["ec2:RunInstances"]), allowing(["iam:PassRole"]))),
        expect: {
          variants: ["inline"],
          details: { paths: ["iam:PassRole + ec2:RunInstances"], inlinePolicies: ["part-0", "part-1"] },
        },
      },
      { name: "of a group", found: exampleGroup(inline(allowing(["iam:AddUserToGroup"]))) },
    ],
    unknown: [
      { name: "a text that is no policy", found: examplePolicy(undefined) },
      { name: "an inline text that is no policy", found: exampleUser({ inlinePolicies: odd }) },
    ],
    notApplicable: [{ name: "attached to nothing", found: examplePolicy([allowing(["iam:*"])], false) }],
  };
}
