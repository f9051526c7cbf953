import { efs, identity, logging, monitoring, network, numbered, rds, root, s3 } from "./cis-aws.ts";
import type { Framework } from "./framework.ts";

const { questions: _, ...accountRoot } = root;
const { firstKey: __, oneKey: ___, ...identities } = identity;

/** Source: CIS Amazon Web Services Foundations Benchmark 7.0.0, 70 recommendations; section 1 has none. */
export const framework: Framework = {
  id: "cis_aws_7.0",
  title: "CIS AWS Foundations",
  edition: "7.0",
  controls: {
    ...numbered("2.1", [
      "Root of member accounts is managed centrally",
      "Guardrail policies hold for every account",
      "The management account runs no workloads",
      "Organizational units follow environment and sensitivity",
      "Organization policies are administered by delegation",
      "Integrated services are administered by delegation",
    ]),
    ...numbered("2", [...Object.values(accountRoot), ...Object.values(identities)], 2),
    "2.21": "Resource policies do not open to everybody",
    ...numbered("3.1", s3),
    ...numbered("3.2", rds),
    ...numbered("3.3", [efs]),
    ...numbered("4", [...logging, "Services that face the web keep access logs"]),
    ...numbered("5", monitoring),
    ...numbered("6.1", [network.ebs, network.cifs]),
    ...numbered(
      "6",
      [
        network.nacl,
        network.ipv4,
        network.ipv6,
        network.defaultGroup,
        network.peering,
        network.imdsv2,
        "VPCs reach AWS services by endpoints",
      ],
      2,
    ),
  },
};
