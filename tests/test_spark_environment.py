"""Which Spark the environment names, and what it is told that makes no sense."""

import pytest

from orchestration.core.errors import UserError
from orchestration.spark.named_server import server_of
from orchestration.spark.thrift import Server

PASSWORD = "correct-horse"  # noqa: S105  # of no server


def test_what_is_not_set_is_as_in_the_profile() -> None:
    assert server_of({"USER": "ann"}) == Server("localhost", 10000, "ann")


def test_all_that_the_profile_reads_is_read() -> None:
    environment = {
        "SPARK_HOST": "spark.example.org",
        "SPARK_PORT": "10001",
        "SPARK_USER": "ann",
        "SPARK_PASSWORD": PASSWORD,
        "SPARK_AUTH": "LDAP",
    }

    server = server_of(environment)

    assert server == Server("spark.example.org", 10001, "ann", PASSWORD, "LDAP")
    assert PASSWORD not in repr(server)


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"SPARK_PORT": "thrift"}, "SPARK_PORT 'thrift' is not a number"),
        ({"SPARK_AUTH": "KERBEROS"}, "SPARK_AUTH 'KERBEROS' is none of NONE"),
        ({"SPARK_AUTH": "LDAP"}, "SPARK_PASSWORD is not set, and SPARK_AUTH is LDAP"),
        ({"SPARK_PASSWORD": PASSWORD}, "SPARK_PASSWORD is set, and SPARK_AUTH is NONE"),
    ],
)
def test_a_variable_that_makes_no_sense_is_named_and_the_password_not_shown(
    variables: dict[str, str], complaint: str
) -> None:
    with pytest.raises(UserError) as refused:
        server_of(variables)

    assert complaint in str(refused.value)
    assert PASSWORD not in str(refused.value)
