import { efs, identity, logging, monitoring, network, numbered, rds, root, s3 } from "./cis-aws.ts";
import type { Framework } from "./framework.ts";

/** Source: CIS Amazon Web Services Foundations Benchmark 3.0.0, 62 recommendations. */
export const framework: Framework = {
  id: "cis_aws_3.0",
  title: "CIS AWS Foundations",
  edition: "3.0",
  controls: {
    ...numbered("1", [...Object.values(root), ...Object.values(identity)]),
    ...numbered("2.1", s3),
    ...numbered("2.2", [network.ebs]),
    ...numbered("2.3", rds.slice(0, 3)),
    ...numbered("2.4", [efs]),
    ...numbered("3", logging),
    ...numbered("4", monitoring),
    ...numbered("5", [network.nacl, network.ipv4, network.ipv6, network.defaultGroup, network.peering, network.imdsv2]),
  },
};
