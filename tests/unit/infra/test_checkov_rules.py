"""The rules that checkov's findings are held to, each of them able to fail."""

from pathlib import Path

from tests.contract.infra.checkov import Finding, Skip, findings, idle, read_skips, unexplained, without_reason

BUCKET = Finding("CKV_AWS_18", "module.site.aws_s3_bucket.this", "access logging")
OTHER = Finding("CKV_AWS_18", "module.traffic.aws_s3_bucket.this", "access logging")


def test_findings_are_read_each_once() -> None:
    failed = [
        {"check_id": BUCKET.check, "resource": resource, "check_name": BUCKET.name}
        for resource in (BUCKET.resource, "module.site[0].aws_s3_bucket.this", 'module.site["a"].aws_s3_bucket.this[1]')
    ]

    assert findings({"results": {"failed_checks": failed}}) == [BUCKET]


def test_a_finding_that_nobody_explains_is_told() -> None:
    assert unexplained([BUCKET], []) == [f"CKV_AWS_18 {BUCKET.resource}: access logging"]
    assert unexplained([BUCKET], [Skip("CKV_AWS_19", "Another.")]) != []


def test_an_explained_finding_is_not() -> None:
    assert unexplained([BUCKET, OTHER], [Skip("CKV_AWS_18", "Everywhere.")]) == []


def test_an_explanation_of_one_resource_explains_no_other() -> None:
    skips = [Skip("CKV_AWS_18", "Only here.", ("module.site",))]

    assert unexplained([BUCKET, OTHER], skips) == [f"CKV_AWS_18 {OTHER.resource}: access logging"]


def test_a_skip_that_skips_nothing_is_told_and_so_is_a_part_of_one() -> None:
    assert idle([BUCKET], [Skip("CKV_AWS_19", "Nothing.")]) == ["CKV_AWS_19"]
    assert idle([BUCKET], [Skip("CKV_AWS_18", "Half.", ("module.site", "module.gone"))]) == ["CKV_AWS_18 module.gone"]
    assert idle([BUCKET], [Skip("CKV_AWS_18", "All.")]) == []


def test_a_skip_without_a_sentence_is_told() -> None:
    assert without_reason([Skip("A", "no"), Skip("B", "It does not apply here, because.")]) == ["A"]


def test_the_list_is_read_with_its_reasons(tmp_path: Path) -> None:
    path = tmp_path / "skips.yaml"
    path.write_text("CKV_AWS_18:\n  why: It is so.\n  only: [module.site]\nCKV_AWS_19:\n  why: Everywhere.\n")

    assert read_skips(path) == [Skip("CKV_AWS_18", "It is so.", ("module.site",)), Skip("CKV_AWS_19", "Everywhere.")]
