import type { About, Check, Examples } from "#checks/check";
import { exampleNotebook } from "./examples.ts";

export const check: Check<"sagemaker.notebookInstances"> = {
  id: "sagemaker_notebook_internet",
  severity: "high",
  category: "security",
  domain: "ai",
  effort: "medium",
  confidence: 1,
  drift: false,
  resources: ["sagemaker.notebookInstances"],
  decisive: ["reasons"],
  params: {},
  judge({ name, nativeId, state, attributes: { directInternetAccess, rootAccess, kmsKeyId, subnetId } }) {
    const call = "sagemaker:DescribeNotebookInstance";
    const reasons = [
      ...(directInternetAccess === true ? ["internet"] : []),
      ...(subnetId === null ? ["vpc"] : []),
      ...(rootAccess === true ? ["root"] : []),
      ...(kmsKeyId === null ? ["kms"] : []),
    ];
    if (reasons.length === 0) {
      const isRead =
        typeof directInternetAccess === "boolean" &&
        typeof rootAccess === "boolean" &&
        kmsKeyId !== undefined &&
        subnetId !== undefined;
      return isRead ? { status: "pass" } : { status: "unknown", reason: `${call} could not be read` };
    }
    const values = { DirectInternetAccess: directInternetAccess, RootAccess: rootAccess, KmsKeyId: kmsKeyId };
    return {
      status: "fail",
      severity: directInternetAccess === true ? "high" : "medium",
      exposure: state === "InService" ? "internal" : "idle",
      variants: reasons,
      summary: `Notebook ${name ?? nativeId} ${reasons.map((reason) => sentences[reason]).join(", ")}.`,
      details: { reasons, subnetId: subnetId ?? null },
      evidence: Object.entries({ ...values, SubnetId: subnetId }).flatMap(([field, value]) =>
        value === undefined ? [] : [{ call, field, value }],
      ),
    };
  },
};

const sentences: Readonly<Record<string, string>> = {
  internet: "has direct internet access",
  vpc: "is in no VPC of the account",
  root: "gives its users root",
  kms: "has a volume under no key of the account",
};

export const about: About = {
  title: "The notebook reaches the internet, or is less closed than it could be",
  rationale:
    "Training data, and the credentials of the notebook's role, can leave by a way that no firewall and no flow log sees.",
  remediation:
    "Access and key are fixed when a notebook is made. Make a new one that is closed: a private subnet, no direct internet access, no root, a key of yours. Then move the work there.",
  controls: {},
  variants: {
    internet: {
      aws_fsbp: ["SageMaker.1"],
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
      "pci_dss_4.0": ["1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "3.5.1.3", "10.3.2", "A1.1.2", "A1.1.3", "A3.4.1"],
    },
    vpc: {
      aws_fsbp: ["SageMaker.2"],
      iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"],
      "pci_dss_4.0": ["1.2.8", "1.3.1", "1.3.2", "1.4.1", "1.4.2", "1.4.4", "1.5.1", "A1.1.3"],
    },
    root: { aws_fsbp: ["SageMaker.3"], "pci_dss_4.0": ["7.2.1", "7.2.2", "7.2.3"] },
    kms: {
      gdpr: ["article_32"],
      hipaa: ["164_308_a_1_ii_b", "164_308_a_4_ii_a", "164_312_a_2_iv", "164_312_e_2_ii"],
      iso_27001_2022: ["A.8.11", "A.8.24"],
      nist_800_53_r5: ["au_9_3", "cp_9_d", "sc_8_3", "sc_8_4", "sc_13_a", "sc_28_1", "si_19_4"],
      "pci_dss_4.0": ["3.5.1", "8.3.2"],
    },
  },
};

export const examples = (): Examples<"sagemaker.notebookInstances"> => ({
  pass: [{ name: "closed", found: exampleNotebook() }],
  fail: [
    {
      name: "on the internet",
      found: exampleNotebook({ directInternetAccess: true }),
      expect: { severity: "high", exposure: "internal", variants: ["internet"], details: { reasons: ["internet"] } },
    },
    {
      name: "as it is made by default",
      found: exampleNotebook({ directInternetAccess: true, rootAccess: true, kmsKeyId: null, subnetId: null }),
      expect: { severity: "high", variants: ["internet", "vpc", "root", "kms"] },
    },
    {
      name: "root",
      found: exampleNotebook({ rootAccess: true }),
      expect: { severity: "medium", variants: ["root"] },
    },
    {
      name: "AWS's key",
      found: exampleNotebook({ kmsKeyId: null }),
      expect: { severity: "medium", variants: ["kms"] },
    },
    { name: "no VPC", found: exampleNotebook({ subnetId: null }), expect: { severity: "medium", variants: ["vpc"] } },
    {
      name: "stopped",
      found: exampleNotebook({ directInternetAccess: true }, "Stopped"),
      expect: { severity: "high", exposure: "idle" },
    },
  ],
  unknown: [
    { name: "access not readable", found: exampleNotebook({ directInternetAccess: undefined }) },
    { name: "AWS does not say", found: exampleNotebook({ directInternetAccess: null }) },
    { name: "root not readable", found: exampleNotebook({ rootAccess: undefined }) },
    { name: "key not readable", found: exampleNotebook({ kmsKeyId: undefined }) },
    { name: "subnet not readable", found: exampleNotebook({ subnetId: undefined }) },
  ],
});
