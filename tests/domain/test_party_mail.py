"""Which escalation a mail belongs to: by headers, code, subject, ticket and sender, and to none in doubt."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.party_mail import Thread, code_in, escalation_of, is_same_subject, subject_with

A, B, C = "ESC-0000000A", "ESC-0000000B", "ESC-0000000C"
ON_12 = Thread(A, "0012", "Disk of CRM03 is full")
ON_15 = Thread(B, "0015", "Certificate")
BACK_ON_12 = Thread(C, "0012", "Backup", is_out=False)


@dataclass
class Mail:
	"""A mail that says what a test gives it."""

	answered: str | None = None
	named: str | None = None
	of_sender: tuple[Thread, ...] = ()
	subject: str = "Your question"
	ticket: str | None = None
	is_of_customer: bool = False


@pytest.mark.parametrize(
	("mail", "code"),
	[
		(Mail(answered=A, named=B, of_sender=(ON_15,)), A),
		(Mail(named=B, of_sender=(ON_12,), ticket="0012"), B),
		(Mail(of_sender=(ON_12, ON_15), subject="RE: Disk of CRM03 is  full"), A),
		(Mail(of_sender=(ON_12, ON_15), subject="Certificate", ticket="0012"), B),
		(Mail(of_sender=(ON_15, ON_12), ticket="0012"), A),
		(Mail(of_sender=(BACK_ON_12, ON_12), ticket="0012"), A),
		(Mail(of_sender=(BACK_ON_12,), ticket="0012"), C),
		(Mail(of_sender=(ON_12,)), A),
		(Mail(of_sender=(ON_12, BACK_ON_12)), A),
		(Mail(of_sender=(ON_12,), ticket="0099"), A),
		(Mail(of_sender=(ON_12, ON_15)), None),
		(Mail(of_sender=(ON_12, ON_15), ticket="0099"), None),
		(Mail(of_sender=(BACK_ON_12,)), None),
		(Mail(of_sender=(BACK_ON_12,), subject="Backup"), None),
		(Mail(of_sender=(ON_12,), ticket="0012", is_of_customer=True), None),
		(Mail(), None),
		(Mail(ticket="0012"), None),
	],
)
def test_a_mail_belongs_to(mail, code):
	assert escalation_of(mail) == code


@pytest.mark.parametrize(
	("subject", "code"),
	[
		("Re: [ESC-9F3A21C4] Disk is full", "ESC-9F3A21C4"),
		("Disk is full (#ESC-9f3a21c4)", "ESC-9F3A21C4"),
		("AW: ESC-9F3A21C4", "ESC-9F3A21C4"),
		("Re: question about #0012", None),
		("ESC-9F3A21C40", None),
		("DESC-9F3A21C4", None),
		("ESC-9F3A21CG", None),
		("", None),
	],
)
def test_a_subject_bears_a_code(subject, code):
	assert code_in(subject) == code


@given(st.text(max_size=60))
def test_what_we_write_bears_the_code_and_bears_it_once(subject):
	ours = subject_with(A, subject)
	assert code_in(ours) == A or code_in(subject) is not None
	assert subject_with(A, ours) == ours
	assert "#" not in ours or "#" in subject


def test_another_escalations_code_is_replaced():
	assert subject_with(A, f"Re: [{B}] Certificate") == f"[{A}] Certificate"


@pytest.mark.parametrize(
	("one", "other", "same"),
	[
		("Re: Certificate", "Certificate", True),
		("SV: AW: RE[2]: certificate", "Certificate", True),
		(f"Re: [{B}] Certificate", f"[{A}] Certificate", True),
		("Certificate of CRM04", "Certificate", False),
		("Hosting: certificate", "Certificate", False),
		("", "", False),
		("Re:", "Re:", False),
	],
)
def test_subjects_are_the_same_but_for_what_mail_programs_add(one, other, same):
	assert is_same_subject(one, other) is same
