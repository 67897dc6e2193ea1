"""Namespaces that are not ours are refused, never adopted, never touched."""

import base64

import pytest
from harness import wait


@pytest.fixture
def foreign(kube, shop):
    """foreign(labels): somebody's namespace of the test's store ID, with a Secret in it. Gives what is in it."""
    path = f"/api/v1/namespaces/{shop}"

    def content():
        return kube.namespace(shop)["metadata"] | {"managedFields": None}, [
            (kind, o["metadata"]["name"], o["metadata"]["resourceVersion"]) for kind, o in kube.objects(shop)
        ]

    def make(labels=None):
        kube.make_namespace(shop, labels)
        secret = {"metadata": {"name": "storewright-credentials"}, "data": {}}
        for key, text in (("admin-email", "a@example.com"), ("admin-password", "theirs"), ("publishable-key", "pk_1")):
            secret["data"][key] = base64.b64encode(text.encode()).decode()
        kube.call("POST", f"{path}/secrets", secret)
        wait("its ServiceAccount", lambda: kube.items(f"{path}/serviceaccounts"))
        return content

    yield make
    kube.delete(path)


def test_a_known_one_is_refused_at_the_form(platform, foreign, shop):
    content = foreign()
    before = content()
    assert platform.cron().wait(timeout=20) == 0
    browser = platform.browser()
    page = browser.post("/new-store", {"id": shop, "title": "T", "admin_email": "me@example.com"})
    assert page.status == 409
    assert page.text("id-error") == (
        f'The cluster has a namespace "{shop}" that is not a store of Storewright; choose another ID.'
    )
    r = platform.storectl("create", shop, "--engine", "medusa", check=False)
    assert r.returncode == 1 and f'storectl: id: The cluster has a namespace "{shop}"' in r.stderr
    assert platform.row(shop) is None
    assert content() == before


def test_it_can_be_used_when_the_foreign_one_has_gone(platform, foreign, kube, shop):
    foreign()
    assert platform.cron().wait(timeout=20) == 0
    kube.delete(f"/api/v1/namespaces/{shop}")
    wait("it has gone", lambda: kube.namespace(shop) is None)
    assert platform.cron().wait(timeout=20) == 0
    platform.create(shop)
    wait("ours", lambda: kube.namespace(shop))


@pytest.mark.parametrize(
    "labels", [{}, {"storewright.io/uid": "0123456789abcdef0123", "app.kubernetes.io/managed-by": "storewright"}]
)
def test_an_unknown_one_is_not_adopted(platform, foreign, kube, shop, labels):
    """The platform has never looked; the other may even be the store of another platform."""
    content = foreign(labels)
    before = content()
    platform.create(shop)
    row = platform.wait_status(shop, "failed", cause="namespace-taken")
    assert "was not touched" in row["reason"]
    platform.wait_idle()
    assert content() == before
    assert kube.releases(shop) == []
    platform.storectl("retry", shop)
    platform.wait_status(shop, "failed", cause="namespace-taken")
    platform.delete(shop, "--wait")
    assert platform.status(shop) == "deleted"
    assert content() == before


def test_credentials_of_a_foreign_namespace_are_not_read(platform, ready_store, foreign, kube, shop):
    ready_store(shop)
    platform.wait_idle()
    kube.delete(f"/api/v1/namespaces/{shop}")
    wait("it has gone", lambda: kube.namespace(shop) is None)
    foreign()
    r = platform.storectl("credentials", shop, check=False)
    assert r.returncode != 0 and "theirs" not in r.stdout + r.stderr
    page = platform.browser().post(f"/stores/{shop}/credentials", {}, form=f"/stores/{shop}")
    assert page.status == 503 and "theirs" not in page.body


def test_delete_does_not_touch_a_namespace_made_since(platform, ready_store, foreign, kube, shop):
    ready_store(shop)
    platform.wait_idle()
    kube.delete(f"/api/v1/namespaces/{shop}")
    wait("it has gone", lambda: kube.namespace(shop) is None)
    content = foreign()
    before = content()
    platform.delete(shop, "--wait")
    assert platform.status(shop) == "deleted"
    assert content() == before
