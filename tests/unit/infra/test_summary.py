from tagship.infra.events import Action, PlanSummary
from tagship.infra.plan import Change, Plan
from tagship.infra.summary import FEW, in_words, total


def change(address: str, action: Action = "create", reason: str = "") -> Change:
    resource_type = next(word for word in address.split(".") if word.startswith("aws_"))
    return Change(address, resource_type, action, reason)


def test_nothing_to_change_is_said_in_one_line() -> None:
    assert in_words(Plan()) == ["Nothing to change."]


def test_what_is_destroyed_comes_first_then_replaced_changed_added() -> None:
    plan = Plan(
        (
            change("aws_eip.added", "create"),
            change("module.github[0].aws_iam_role.this", "move"),
            change("aws_eip.changed", "update"),
            change("aws_eip.replaced", "replace", "cannot_update"),
            change("aws_eip.destroyed", "delete", "delete_because_no_module"),
        )
    )

    assert in_words(plan) == [
        "- destroy  aws_eip.destroyed  (no longer in the manifest)",
        "± replace  aws_eip.replaced  (cannot be changed in place)",
        "~ change   aws_eip.changed",
        "> rename   module.github[0].aws_iam_role.this",
        "+ add      aws_eip.added",
        "2 to add, 1 to change, 2 to destroy.",
    ]


def test_what_people_notice_is_said_beside_the_reason() -> None:
    replaced = change('module.service["api"].aws_ecs_service.this', "replace", "tainted")

    assert in_words(Plan((replaced,)))[0].endswith(
        "(its creation was interrupted; its tasks stop; the next release starts them again)"
    )


def test_a_replacement_counts_as_one_to_add_and_one_to_destroy() -> None:
    assert Plan((change("aws_lb.this", "replace"),)).summary == PlanSummary(add=1, change=0, destroy=1)


def test_many_additions_are_one_line_per_module() -> None:
    subnets = tuple(change(f'module.network.aws_subnet.public["{number}"]') for number in range(FEW))
    plan = Plan((*subnets, change("module.network.aws_vpc.this"), change("aws_s3_object.outputs")))

    assert in_words(plan) == [
        "+ add      root: aws_s3_object",
        f"+ add      module.network: {FEW} aws_subnet, aws_vpc",
        f"{FEW + 2} to add, 0 to change, 0 to destroy.",
    ]


def test_many_destructions_are_still_named_one_by_one() -> None:
    plan = Plan(tuple(change(f"aws_subnet.number{number:02}", "delete") for number in range(FEW + 5)))

    assert len(in_words(plan)) == FEW + 6


def test_the_module_of_a_service_keeps_its_key() -> None:
    assert change('module.service["api"].aws_ecs_service.this').module == 'module.service["api"]'


def test_the_sum_names_all_three_numbers() -> None:
    assert total(PlanSummary(add=3, change=0, destroy=0)) == "3 to add, 0 to change, 0 to destroy."
