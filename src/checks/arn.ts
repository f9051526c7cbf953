/** `ec2:volume` of `arn:aws:ec2:eu-west-1:111122223333:volume/vol-0a`; `s3` of `arn:aws:s3:::reports`; null for no ARN. */
export function kindOf(arn: string | null): string | null {
  const [, , service, , , ...resource] = arn?.split(":") ?? [];
  if (!service || resource.length === 0) return null;
  const type = /^([^:/]+)[:/]/.exec(resource.join(":"))?.[1];
  return type === undefined ? service : `${service}:${type}`;
}
