"""An organization that the account manages, with two more accounts."""

GLOBAL = True


def seed(client, region, account_id):
    organizations = client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    for name in ("staging", "sandbox"):
        organizations.create_account(Email=f"{name}@example.com", AccountName=name, Tags=[{"Key": "name", "Value": name}])
