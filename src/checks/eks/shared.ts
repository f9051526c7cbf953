export const unreadCluster = { status: "unknown", reason: "eks:DescribeCluster could not be read" } as const;
