"""A text that says a password is known from one that only speaks about passwords."""

import pytest

from crm_support_ext.domain.passwords import holds_password


@pytest.mark.parametrize(
	"text",
	[
		"password: summer",
		"Server SRV01, user admin, password=summer2024",
		"The password is Summer2024",
		"wachtwoord: geheim",
		"Het wachtwoord is Zomer",
		"ww: geheim12",
		"passord: hemmelig",
		"Passordet er lagret hos kunden, passord er Sommer24",
		"Pincode 4711",
		"PIN code: 4711",
		"De PIN-code is 4711",
		"PIN-koden er 4711",
		"The password is: summer",
		"Passordet er Sommer",
		"Tilgangskoden: 99",
		"PW Xy12",
		"TeamViewer 123 456 789, Adm1n!2024",
		"log on with kees/Zomer#2024",
		"-----BEGIN RSA PRIVATE KEY----- MIIE",
	],
)
def test_a_text_that_says_a_password_is_found(text):
	assert holds_password(text)


@pytest.mark.parametrize(
	"text",
	[
		"",
		"RDP to srv-app01.customer.example:3389, on weekdays, after a call",
		"The customer types the password himself",
		"Wachtwoord bij de klant opvragen",
		"Passord oppgis av kunden på telefon",
		"Ask Kees Jansen (+31 6 1234 5678) or kees2@ochtend.example for consent",
		"TeamViewer ID 123 456 789; a new password for each session is read out by phone",
		"See https://wiki.example/page?id=42 for the machines",
		"The password is with the customer",
		"No password is kept. It is asked for each time",
		"Screen sharing on 2 machines: APP-01 and APP-02",
		"Pin the window first",
		"The PIN code is typed by the customer",
		"Passordet er hos kunden",
	],
)
def test_a_text_about_passwords_is_none(text):
	assert not holds_password(text)
