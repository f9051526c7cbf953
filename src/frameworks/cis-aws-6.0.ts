import { efs, identity, logging, monitoring, network, numbered, rds, root, s3 } from "./cis-aws.ts";
import type { Framework } from "./framework.ts";

const { questions: _, ...accountRoot } = root;

/** Source: CIS Amazon Web Services Foundations Benchmark 6.0.0, 63 recommendations; section 1 has none. */
export const framework: Framework = {
  id: "cis_aws_6.0",
  title: "CIS AWS Foundations",
  edition: "6.0",
  controls: {
    ...numbered("2", [...Object.values(accountRoot), ...Object.values(identity)]),
    ...numbered("3.1", s3),
    ...numbered("3.2", rds),
    ...numbered("3.3", [efs]),
    ...numbered("4", logging),
    ...numbered("5", monitoring),
    ...numbered("6.1", [network.ebs, network.cifs]),
    ...numbered(
      "6",
      [network.nacl, network.ipv4, network.ipv6, network.defaultGroup, network.peering, network.imdsv2],
      2,
    ),
  },
};
