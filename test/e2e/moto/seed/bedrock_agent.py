"""Two agents."""


def seed(client, region, account_id):
    agents = client("bedrock-agent")
    for name in ("support", "research"):
        agents.create_agent(
            agentName=name,
            foundationModel="anthropic.claude-v2",
            instruction="Answer what is asked, and nothing else than that.",
            agentResourceRoleArn=f"arn:aws:iam::{account_id}:role/service-bedrock",
            tags={"agent": name},
        )
