import { ECRClient, GetRegistryScanningConfigurationCommand, paginateDescribeRepositories } from "@aws-sdk/client-ecr";

export async function expected(client, region) {
  const ecr = client(ECRClient);
  const all = await Array.fromAsync(paginateDescribeRepositories({ client: ecr }, {}), (page) => page.repositories);
  const { registryId, scanningConfiguration } = await ecr.send(new GetRegistryScanningConfigurationCommand());
  return {
    "ecr.repositories": all.flat().map(({ repositoryArn }) => repositoryArn),
    "ecr.registryScanningConfigurations": [[`${registryId}/${region}`, { scanType: scanningConfiguration.scanType }]],
  };
}
