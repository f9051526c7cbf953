"""Parameters: encrypted and not, for good and about to be deleted."""

import datetime
import json


def seed(client, region, account_id, judged):
    ssm = client("ssm")

    def parameter(name, kind, **more):
        ssm.put_parameter(Name=name, Value="correct-horse", Type=kind, **more)
        return f":parameter{name}"

    sealed = parameter("/posture/sealed/password", "SecureString")
    plain = parameter("/posture/plain/password", "String")
    end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    policy = json.dumps({"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": end}})
    # moto takes each policy of the list for the text it answers, and for its type.
    ending = parameter("/posture/ending", "String", Tier="Advanced", Policies=json.dumps([policy]))
    judged.good("ssm_parameter_plaintext_secret", sealed)
    judged.bad("ssm_parameter_plaintext_secret", plain)
    judged.good("ssm_parameter_expiring", sealed)
    judged.bad("ssm_parameter_expiring", ending)
