"""What Cognito says of the client that a load balancer lets people sign in for."""

from dataclasses import replace

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.services.elb.model import SignIn


async def of_cognito(action: SignIn, context: ServiceContext) -> SignIn:
    """The same with the client's secret, and with Cognito's endpoints where they answer on this machine.

    On AWS they are those of the user pool's domain; nobody resolves that here.
    """
    region, pool = action.pool.split(":")[3], action.pool.rpartition("/")[2]
    here = f"{context.settings.endpoint}/oauth2"
    return replace(
        action,
        client_secret=await _secret(action.client_id, pool, region, context),
        issuer=f"https://cognito-idp.{region}.amazonaws.com/{pool}",
        authorization_endpoint=f"{here}/authorize",
        token_endpoint=f"{here}/token",
        user_info_endpoint=f"{here}/userInfo",
    )


async def _secret(client: str, pool: str, region: str, context: ServiceContext) -> str:
    """Empty where the client has none, or is not there yet: then nobody can sign in, as on AWS."""
    try:
        told = await context.aws.call(
            "cognito-idp", "DescribeUserPoolClient", region=region, UserPoolId=pool, ClientId=client
        )
    except AwsCallError:
        return ""
    return str(told.get("UserPoolClient", {}).get("ClientSecret", ""))
