"""Parameters of the query protocol, read without a model."""

from seatrial.core.wire.protocols.forms import flat, nested


def test_what_is_numbered_is_a_list_in_the_order_of_its_numbers() -> None:
    body = b"Action=X&Actions.member.10.Type=b&Actions.member.9.Type=a&Actions.member.9.Config.Key=%26&Tags="
    assert nested(body) == {
        "Action": "X",
        "Actions": [{"Type": "a", "Config": {"Key": "&"}}, {"Type": "b"}],
        "Tags": "",
    }


def test_ec2_numbers_without_member() -> None:
    assert nested(b"Filter.1.Name=a&Filter.1.Value.1=b") == {"Filter": [{"Name": "a", "Value": ["b"]}]}


def test_a_name_that_is_also_a_leaf_is_passed_over() -> None:
    assert nested(b"A=1&A.B=2") == {"A": "1"}


def test_nothing_is_no_parameter() -> None:
    assert nested(b"") == flat(b"") == {}
