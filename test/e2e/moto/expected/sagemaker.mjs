import {
  paginateListEndpoints,
  paginateListModels,
  paginateListNotebookInstances,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";

export async function expected(client) {
  const config = { client: client(SageMakerClient) };
  const arns = async (paginate, list, arn) =>
    (await Array.fromAsync(paginate(config, {}), (page) => page[list])).flat().map((one) => one[arn]);
  return {
    "sagemaker.endpoints": await arns(paginateListEndpoints, "Endpoints", "EndpointArn"),
    "sagemaker.models": await arns(paginateListModels, "Models", "ModelArn"),
    "sagemaker.notebookInstances": await arns(
      paginateListNotebookInstances,
      "NotebookInstances",
      "NotebookInstanceArn",
    ),
  };
}
