import {
  ElasticLoadBalancingV2Client,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
} from "@aws-sdk/client-elastic-load-balancing-v2";

export async function expected(client) {
  const config = { client: client(ElasticLoadBalancingV2Client) };
  const balancers = await Array.fromAsync(
    paginateDescribeLoadBalancers(config, {}),
    ({ LoadBalancers }) => LoadBalancers,
  );
  const groups = await Array.fromAsync(paginateDescribeTargetGroups(config, {}), ({ TargetGroups }) => TargetGroups);
  return {
    "elbv2.loadBalancers": balancers.flat().map(({ LoadBalancerArn }) => LoadBalancerArn),
    "elbv2.targetGroups": groups.flat().map(({ TargetGroupArn }) => TargetGroupArn),
  };
}
