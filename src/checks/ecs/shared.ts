/** DescribeTaskDefinition tells everything about a revision, or nothing. */
export const unreadRevision = {
  status: "unknown",
  reason: "ecs:DescribeTaskDefinition could not be read",
} as const;
