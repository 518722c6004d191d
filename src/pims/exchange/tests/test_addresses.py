"""Nobody can have this machine ask others of its own network for something."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims.exchange.rules.addresses import AllowedNetwork, network, refuse_address, target_of

HERE = AllowedNetwork(network("127.0.0.0/8"), plain=True)
BUS = AllowedNetwork(network("10.20.0.0/16"))


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::",
     "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
     "2002:0a00:0001::", "64:ff9b::a00:1", "2001:db8::1", "fec0::1", "3fff::1", "192.88.99.1",
     "64:ff9b:1::7f00:1", "::7f00:1", "2002:7f00:1::", "240.0.0.1", "nonsense", ""],
)  # fmt: skip
def test_an_address_within_is_refused(address: str) -> None:
    assert refuse_address(address, (), plain=False) is not None
    assert refuse_address(address, (), plain=True) is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "190.197.1.1", "2606:4700::1111"])
def test_an_address_outside_is_taken_with_tls_and_never_without(address: str) -> None:
    assert refuse_address(address, (), plain=False) is None
    assert refuse_address(address, (HERE,), plain=True) is not None


def test_what_an_administrator_allows_is_reached_and_nothing_beside_it() -> None:
    assert refuse_address("10.20.3.4", (BUS,), plain=False) is None
    assert refuse_address("10.21.3.4", (BUS,), plain=False) is not None
    assert refuse_address("10.20.3.4", (BUS,), plain=True) is not None
    assert refuse_address("127.0.0.1", (HERE,), plain=True) is None
    assert refuse_address("::ffff:127.0.0.1", (HERE,), plain=True) is None
    assert refuse_address("::1", (HERE,), plain=False) is not None


@given(address=st.ip_addresses(v=4))
def test_an_address_in_another_dress_is_judged_as_itself(address: IPv4Address) -> None:
    mapped = str(IPv6Address(0xFFFF_0000_0000 | int(address)))
    nat64 = str(IPv6Address((0x64FF9B << 96) | int(address)))
    plainly = refuse_address(str(address), (), plain=False) is None
    assert (refuse_address(mapped, (), plain=False) is None) == plainly
    assert (refuse_address(nat64, (), plain=False) is None) == plainly


@pytest.mark.parametrize(
    ("url", "code"),
    [("ftp://a.example/x", "exchange.url_https"), ("//a.example", "exchange.url_https"),
     ("https://", "exchange.url_https"), ("https://u:p@a.example/", "exchange.url_secrets"),
     ("https://a.example/#x", "exchange.url_secrets"), ("https://a.example:99999/",
      "exchange.url_form"), ("https://a.example:0/", "exchange.url_form"),
     ("https://a.ex ample/", "exchange.url_form"), ("https://a.example/\r\nx: y",
      "exchange.url_form"), ("https://" + "a" * 600, "exchange.url_form"),
     ("https://[::1/", "exchange.url_form"), ("https://a..example/", "exchange.url_form"),
     ("https://desk.policía.example/", "exchange.url_form"), ("https://a.example/é",
      "exchange.url_form"), ("https://" + "a" * 64 + ".example/", "exchange.url_form")],
)  # fmt: skip
def test_what_is_no_address_of_an_endpoint_says_why(url: str, code: str) -> None:
    target, reason = target_of(url)
    assert target is None
    assert reason is not None
    assert reason.code == code


def test_an_address_is_read_as_it_will_be_reached() -> None:
    target, _ = target_of("https://Desk.Police.example/hooks?a=b")
    assert target is not None
    assert (target.host, target.port, target.plain) == ("desk.police.example", 443, False)
    ended, _ = target_of("https://desk.xn--polica-6va.example./")
    assert ended is not None
    plain, _ = target_of("http://127.0.0.1:8099/")
    assert plain is not None
    assert (plain.port, plain.plain) == (8099, True)
