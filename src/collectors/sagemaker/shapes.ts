/** What SageMaker answers about a thing that is gone: `ValidationException: Could not find …`. */
export const gone: readonly string[] = ["ResourceNotFound", "ValidationException"];
