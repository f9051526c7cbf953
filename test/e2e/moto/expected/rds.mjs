import {
  paginateDescribeDBClusters,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBInstances,
  paginateDescribeDBSnapshots,
  RDSClient,
} from "@aws-sdk/client-rds";

export async function expected(client) {
  const config = { client: client(RDSClient) };
  const arns = async (paginate, list, arn, input = {}) =>
    (await Array.fromAsync(paginate(config, input), (page) => page[list])).flat().map((one) => one[arn]);
  const manual = { SnapshotType: "manual" };
  return {
    "rds.dbInstances": await arns(paginateDescribeDBInstances, "DBInstances", "DBInstanceArn"),
    "rds.dbClusters": await arns(paginateDescribeDBClusters, "DBClusters", "DBClusterArn"),
    "rds.dbSnapshots": await arns(paginateDescribeDBSnapshots, "DBSnapshots", "DBSnapshotArn", manual),
    "rds.dbClusterSnapshots": await arns(
      paginateDescribeDBClusterSnapshots,
      "DBClusterSnapshots",
      "DBClusterSnapshotArn",
      manual,
    ),
  };
}
