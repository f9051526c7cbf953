"""Two domains."""

GLOBAL = True


def seed(client, region, account_id):
    domains = client("route53domains")
    contact = {
        "FirstName": "Ada",
        "LastName": "Example",
        "ContactType": "PERSON",
        "AddressLine1": "1 Example Street",
        "City": "Exampleton",
        "CountryCode": "US",
        "State": "CA",
        "ZipCode": "90210",
        "PhoneNumber": "+1.5555550100",
        "Email": "ada@example.com",
    }
    for name, renewed in (("example.com", True), ("example.org", False)):
        domains.register_domain(
            DomainName=name, DurationInYears=2, AutoRenew=renewed, AdminContact=contact, RegistrantContact=contact, TechContact=contact
        )
