"""Domains: one that renews itself, one that runs out."""

GLOBAL = True


def seed(client, region, account_id, judged):
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
    contacts = {"AdminContact": contact, "RegistrantContact": contact, "TechContact": contact}
    for name, renewed in (("renewed-example.com", True), ("ending-example.com", False)):
        client("route53domains").register_domain(DomainName=name, DurationInYears=2, AutoRenew=renewed, **contacts)
    judged.good("route53_domain_expiring", "renewed-example.com")
    judged.bad("route53_domain_expiring", "ending-example.com")
