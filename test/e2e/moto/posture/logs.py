"""Log groups: that of the trail, with filters for what CIS wants to be told of, and one that keeps everything for ever."""

# What each filter looks for, by what the check calls it.
EVENTS = {
    "unauthorizedCalls": ["errorCode = UnauthorizedOperation", "errorCode = AccessDenied"],
    "signInWithoutMfa": ["eventName = ConsoleLogin", "additionalEventData.MFAUsed != Yes"],
    "rootUse": ["userIdentity.type = Root"],
    "iamPolicies": ["eventName = PutUserPolicy", "eventName = AttachRolePolicy", "eventName = CreatePolicyVersion"],
    "cloudTrail": ["eventName = StopLogging", "eventName = DeleteTrail", "eventName = UpdateTrail"],
    "signInFailures": ["eventName = ConsoleLogin", 'errorMessage = "Failed authentication"'],
    "kmsKeys": ["eventName = DisableKey", "eventName = ScheduleKeyDeletion"],
    "bucketPolicies": ["eventName = PutBucketPolicy", "eventName = PutBucketAcl", "eventName = DeleteBucketPolicy"],
    "config": ["eventName = StopConfigurationRecorder", "eventName = DeleteDeliveryChannel"],
    "securityGroups": ["eventName = AuthorizeSecurityGroupIngress", "eventName = CreateSecurityGroup"],
    "networkAcls": ["eventName = CreateNetworkAcl", "eventName = ReplaceNetworkAclEntry"],
    "gateways": ["eventName = AttachInternetGateway", "eventName = CreateCustomerGateway"],
    "routeTables": ["eventName = CreateRoute", "eventName = ReplaceRoute"],
    "vpcs": ["eventName = CreateVpc", "eventName = DeleteVpc", "eventName = ModifyVpcAttribute"],
    "organizations": ["eventSource = organizations.amazonaws.com"],
}


def seed(client, region, account_id, judged):
    logs = client("logs")
    for name, days in (("/trail", 365), ("/forever", None)):
        logs.create_log_group(logGroupName=name)
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    judged.good("log_group_no_retention", "log-group:/trail")
    judged.bad("log_group_no_retention", "log-group:/forever")
    for name, terms in EVENTS.items():
        logs.put_metric_filter(
            logGroupName="/trail",
            filterName=name,
            filterPattern=f"{{ {' || '.join(f'($.{term})' for term in terms)} }}",
            metricTransformations=[{"metricName": name, "metricNamespace": "Trail", "metricValue": "1"}],
        )
