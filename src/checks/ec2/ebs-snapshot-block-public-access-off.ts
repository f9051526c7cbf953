import type { About, Check, Examples } from "#checks/check";
import { exampleSetting } from "./examples.ts";

export const check: Check<"ec2.snapshotPublicAccessBlocks"> = {
  id: "ebs_snapshot_block_public_access_off",
  severity: "medium",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1.0,
  drift: true,
  resources: ["ec2.snapshotPublicAccessBlocks"],
  decisive: [],
  params: {},
  judge({ attributes: { blockState } }, { place: { region } }) {
    if (blockState === "block-all-sharing" || blockState === "block-new-sharing") return { status: "pass" };
    if (blockState !== "unblocked")
      return { status: "unknown", reason: "ec2:GetSnapshotBlockPublicAccessState gave no state that is known" };
    return {
      status: "fail",
      summary: `Nothing keeps EBS snapshots in ${region} from being made public.`,
      details: { region, blockState },
      evidence: [{ call: "ec2:GetSnapshotBlockPublicAccessState", field: "State", value: blockState }],
    };
  },
};

export const about: About = {
  title: "EBS snapshots of a region may be made public",
  rationale:
    "A single wrong call shares a disk's whole content with every AWS account. The block refuses such calls, whoever makes them.",
  remediation:
    "Block public sharing of snapshots for the region (EnableSnapshotBlockPublicAccess with `block-all-sharing`), which also closes those that are public now.",
  controls: { "pci_dss_4.0": ["3.5.1.3", "10.3.2", "A1.1.2", "A3.4.1"], soc2: ["cc_6_6"] },
};

export const examples = (): Examples<"ec2.snapshotPublicAccessBlocks"> => {
  const setting = (blockState: string | undefined) => exampleSetting({ blockState, managedBy: "account" });
  return {
    pass: [
      { name: "all sharing blocked", found: setting("block-all-sharing") },
      { name: "new sharing blocked", found: setting("block-new-sharing") },
    ],
    fail: [{ name: "not blocked", found: setting("unblocked"), expect: { details: { region: "eu-west-1" } } }],
    unknown: [
      { name: "denied", found: setting(undefined) },
      { name: "a state nobody knows", found: setting("block-some") },
    ],
  };
};
