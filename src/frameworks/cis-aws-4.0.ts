import { efs, identity, logging, monitoring, network, numbered, rds, root, s3 } from "./cis-aws.ts";
import type { Framework } from "./framework.ts";

/** Source: CIS Amazon Web Services Foundations Benchmark 4.0.0, 64 recommendations. */
export const framework: Framework = {
  id: "cis_aws_4.0",
  title: "CIS AWS Foundations",
  edition: "4.0",
  controls: {
    ...numbered("1", [...Object.values(root), ...Object.values(identity)]),
    ...numbered("2.1", s3),
    ...numbered("2.2", rds),
    ...numbered("2.3", [efs]),
    ...numbered("3", logging),
    ...numbered("4", monitoring),
    ...numbered("5.1", [network.ebs, network.cifs]),
    ...numbered(
      "5",
      [network.nacl, network.ipv4, network.ipv6, network.defaultGroup, network.peering, network.imdsv2],
      2,
    ),
  },
};
