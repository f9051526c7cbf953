import type { Exposure } from "#checks/check";
import type { FoundBy } from "#collectors/registry";

/** Without a mount target nobody gets at a file system. */
export const exposureOf = ({ observed }: FoundBy<"efs.fileSystems">): Exposure =>
  observed?.mountTargets === 0 ? "idle" : "internal";
