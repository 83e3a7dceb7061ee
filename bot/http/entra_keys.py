"""The signing keys of Entra ID and the issuers that use them ("OpenID Connect on the Microsoft identity platform")."""

from bot.http.jwt_verifier import Issuers

_ANY_TENANT = "{tenantid}"


def keys_url(login_url: str, tenant: str = "common") -> str:
    """Return the URL that names the keys, those of one tenant or those that all tenants share."""
    return f"{login_url}/{tenant}/.well-known/openid-configuration"


def tenant_issuers(tenant: str, login_url: str) -> Issuers:
    """Return the issuers of both token versions in the tenant ("Access tokens in the Microsoft identity platform")."""
    return lambda issuer: [issuer.replace(_ANY_TENANT, tenant), f"{login_url}/{tenant}/v2.0"]


def id_token_issuers(tenant: str, login_url: str) -> Issuers:
    """Return the issuer of ID tokens of version 2, which the sign-in pages issue for people of the tenant."""
    return lambda _issuer: [f"{login_url}/{tenant}/v2.0"]
