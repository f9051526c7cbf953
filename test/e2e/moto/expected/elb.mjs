import { ElasticLoadBalancingClient, paginateDescribeLoadBalancers } from "@aws-sdk/client-elastic-load-balancing";

export async function expected(client, region, accountId) {
  const pages = paginateDescribeLoadBalancers({ client: client(ElasticLoadBalancingClient) }, {});
  const all = await Array.fromAsync(pages, ({ LoadBalancerDescriptions }) => LoadBalancerDescriptions);
  const balancers = `arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer`;
  return { "elb.loadBalancers": all.flat().map(({ LoadBalancerName }) => `${balancers}/${LoadBalancerName}`) };
}
