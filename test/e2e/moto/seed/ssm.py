"""Parameters, with paths and without."""


def seed(client, region, account_id):
    ssm = client("ssm")
    ssm.put_parameter(Name="/app/stage", Value="production", Type="String", Tags=[{"Key": "env", "Value": "production"}])
    ssm.put_parameter(Name="/app/password", Value="secret", Type="SecureString")
    ssm.put_parameter(Name="plain", Value="a,b", Type="StringList")
