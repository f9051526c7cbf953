"""Parameters named like a secret: encrypted, and in plain text."""


def seed(client, region, account_id, judged):
    ssm = client("ssm")
    for name, kind, say in (("sealed", "SecureString", judged.good), ("plain", "String", judged.bad)):
        ssm.put_parameter(Name=f"/posture/{name}/password", Value="correct-horse", Type=kind)
        say("ssm_parameter_plaintext_secret", f"/posture/{name}/")
