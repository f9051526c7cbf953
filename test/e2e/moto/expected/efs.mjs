import { EFSClient, paginateDescribeFileSystems } from "@aws-sdk/client-efs";

export async function expected(client) {
  const pages = paginateDescribeFileSystems({ client: client(EFSClient) }, {});
  const all = await Array.fromAsync(pages, ({ FileSystems }) => FileSystems);
  return { "efs.fileSystems": all.flat().map(({ FileSystemArn }) => FileSystemArn) };
}
