import type { About, Check, Examples } from "#checks/check";
import { awsPolicy, exampleGroup, exampleRole, exampleTrust, exampleUser } from "./examples.ts";
import { awsPolicyOf, called, detailOf, kindOf, outsidersIn, principals, type PrincipalId } from "./shared.ts";

interface Params {
  /** Names of roles that are meant to be administrators. Those of IAM Identity Center are known by themselves. */
  readonly breakGlassRoles: readonly string[];
}

/** Services that run the account's own code with the role. */
const compute: ReadonlySet<string> = new Set([
  "airflow-env.amazonaws.com",
  "airflow.amazonaws.com",
  "batch.amazonaws.com",
  "bedrock-agentcore.amazonaws.com",
  "build.apprunner.amazonaws.com",
  "codebuild.amazonaws.com",
  "ec2.amazonaws.com",
  "ecs-tasks.amazonaws.com",
  "edgelambda.amazonaws.com",
  "elasticmapreduce.amazonaws.com",
  "emr-serverless.amazonaws.com",
  "glue.amazonaws.com",
  "lambda.amazonaws.com",
  "pods.eks.amazonaws.com",
  "sagemaker.amazonaws.com",
  "tasks.apprunner.amazonaws.com",
]);

export const check: Check<PrincipalId, Params> = {
  id: "iam_admin_principal",
  severity: "high",
  category: "security",
  domain: "identity",
  effort: "high",
  confidence: 0.95,
  drift: true,
  resources: principals,
  decisive: ["services", "outsiders"],
  params: { breakGlassRoles: ["OrganizationAccountAccessRole", "AWSControlTowerExecution"] },
  judge(found, { params, place }) {
    const { name, attributes } = found;
    const policyArn = awsPolicyOf(found, "AdministratorAccess");
    if (policyArn === undefined) return { status: "pass" };
    const kind = kindOf(found);
    if (kind === "role" && (name?.startsWith("AWSReservedSSO_") || params.breakGlassRoles.includes(name ?? "")))
      return null;
    const trust = "trustPolicy" in attributes ? attributes.trustPolicy : [];
    const services = (trust ?? [])
      .filter(({ effect }) => effect === "Allow")
      .flatMap((statement) => statement.principals["Service"] ?? [])
      .filter((service) => compute.has(service))
      .toSorted();
    const outsiders = outsidersIn(trust ?? [], place.awsAccountId);
    const isModest = kind === "role" && trust !== undefined && services.length + outsiders.length === 0;
    return {
      status: "fail",
      severity: isModest ? "low" : "high",
      ...(kind === "user" && { variants: ["user"] }),
      ...(outsiders.includes("*") && { exposure: "internet" }),
      summary: `${called(found)} has AdministratorAccess.`,
      details: { policyArn, services, outsiders },
      evidence: [
        detailOf(found, "AttachedManagedPolicies[].PolicyArn", policyArn),
        ...(kind === "role" ? [detailOf(found, "AssumeRolePolicyDocument", { services, outsiders })] : []),
      ],
    };
  },
};

export const about: About = {
  title: "AdministratorAccess is attached to a user, a group or a role",
  rationale:
    "One phished person, one poisoned build or one hole in a function is then enough to lose the whole account.",
  remediation:
    "Give every workload a role that may do its own work only. People become administrators through IAM Identity Center, for as long as a task takes.",
  controls: {},
  variants: {
    user: { "pci_dss_4.0": ["7.2.1", "7.2.2", "7.2.5", "7.3.1", "7.3.2", "7.3.3", "8.2.7", "8.2.8", "8.3.4"] },
  },
};

export function examples(): Examples<PrincipalId, Params> {
  const admin = { managedPolicyArns: [awsPolicy("AdministratorAccess")] };
  const trusting = (...trustPolicy: readonly ReturnType<typeof exampleTrust>[]) =>
    exampleRole({ ...admin, trustPolicy });
  const partner = "444455556666";
  return {
    pass: [
      { name: "a user without", found: exampleUser({ managedPolicyArns: [awsPolicy("PowerUserAccess")] }) },
      {
        name: "a policy of the account's own with that name",
        found: exampleUser({ managedPolicyArns: ["arn:aws:iam::111122223333:policy/AdministratorAccess"] }),
      },
      { name: "a group without", found: exampleGroup() },
      { name: "a role without", found: exampleRole() },
    ],
    fail: [
      { name: "a user", found: exampleUser(admin), expect: { severity: "high", variants: ["user"] } },
      { name: "a group", found: exampleGroup(admin), expect: { severity: "high" } },
      {
        name: "a role of instances",
        found: exampleRole(admin),
        expect: { severity: "high", details: { services: ["ec2.amazonaws.com"], outsiders: [] } },
      },
      {
        name: "a role of another account",
        found: trusting(exampleTrust({ AWS: [`arn:aws:iam::${partner}:root`] })),
        expect: { severity: "high", details: { services: [], outsiders: [partner] } },
      },
      {
        name: "a role of anybody",
        found: trusting(exampleTrust({ AWS: ["*"] })),
        expect: { severity: "high", exposure: "internet", details: { outsiders: ["*"] } },
      },
      {
        name: "a role of the account itself, and of no code",
        found: trusting(
          exampleTrust({ AWS: ["111122223333"] }),
          exampleTrust({ Service: ["cloudformation.amazonaws.com"] }),
        ),
        expect: { severity: "low", details: { services: [], outsiders: [] } },
      },
      {
        name: "in China",
        found: exampleUser({ managedPolicyArns: ["arn:aws-cn:iam::aws:policy/AdministratorAccess"] }),
      },
      {
        name: "a role whose trust is no policy",
        found: exampleRole({ ...admin, trustPolicy: undefined }),
        expect: { severity: "high" },
      },
      {
        name: "a role the parameters no longer name",
        found: exampleRole(admin, { name: "OrganizationAccountAccessRole" }),
        params: { breakGlassRoles: [] },
      },
    ],
    notApplicable: [
      {
        name: "of IAM Identity Center",
        found: exampleRole(
          { ...admin, path: "/aws-reserved/sso.amazonaws.com/" },
          { name: "AWSReservedSSO_Admin_0a1b2c3d4e5f6a7b" },
        ),
      },
      { name: "meant to be one", found: exampleRole(admin, { name: "OrganizationAccountAccessRole" }) },
    ],
  };
}
