"""One made-up case from its story: every row it would have had, at the days it would have had them."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from cases.accounts.models import User
from cases.appointments.models import (
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceResult,
    Booking,
    SentHow,
    Summons,
)
from cases.appointments.slots import cells_between, resources_of
from cases.casework.models import (
    Assignment,
    Case,
    Decision,
    Finding,
    LegalBasis,
    Note,
    OrderGiven,
    PoliceOrder,
    Referral,
    Substance,
    ThresholdDecision,
)
from cases.casework.states import due_of
from cases.core.working_days import OSLO, is_working_day
from cases.desk.sample.batch import Batch
from cases.desk.sample.people import make_person, new_id
from cases.desk.sample.stories import Story
from cases.desk.sample.units import StaffedUnit
from cases.letters.content import LetterContent
from cases.letters.models import Letter, LetterKind
from cases.people.models import Person
from cases.support.models import (
    AnswerToSender,
    Closing,
    Consent,
    DeclineReason,
    Offer,
    Reply,
    SenderDecision,
    SentVia,
)

MEETING_MINUTES = 45
FINDS = {
    "below": (("cannabis", "4"),),
    "at": (("cannabis", "10"),),
    "above": (("cannabis", "14"),),
    "unknown": ((None, "2"),),
    "many": (("cannabis", "3"), ("cocaine", "0.5"), ("mdma_powder", "0.2"), ("lsd_blotter", "1")),
}


class CaseMaker:
    """Makes the cases of one unit; keeps the numbers and the booked cells apart."""

    def __init__(
        self, staffed: StaffedUnit, batch: Batch, rng: Random, now: datetime,
        substances: dict[str, Substance],
    ) -> None:  # fmt: skip
        self.staffed, self.batch, self.rng, self.now = staffed, batch, rng, now
        self.substances = substances
        self.today = now.astimezone(OSLO).date()
        self.serials: dict[int, int] = {}
        self.taken: set[tuple[Any, int]] = set()

    def make(self, story: Story, number: int) -> Case:
        person, parts = make_person(self.staffed.unit, number, self.rng, self.today)
        self.batch.add(person, *parts)
        opened = self._moment(-story.days_open, time(9, 30))
        by = self._adviser_of(person, number)
        basis = self._basis(story, number)
        referral = self._referral(story, person, basis, opened, by, number)
        case = self._case(story, referral, opened, by)
        self._meetings(story, case, by)
        self._help(story, case, by)
        self._answer(story, case, by)
        self._close(story, case, by)
        case.next_due_at = due_of(case, self.now)
        return case

    def _adviser_of(self, person: Person, number: int) -> User:
        """In turn; a protected person has one who is cleared."""
        advisers = self.staffed.advisers
        if person.is_protected:
            cleared = [a for a in advisers if person.unit_id in a.units_cleared()]
            advisers = cleared or advisers
        return advisers[number % len(advisers)]

    def _moment(self, days: int, clock: time) -> datetime:
        """That many days from today, moved to a working day, at this Oslo time."""
        day = self.today + timedelta(days=days)
        step = timedelta(days=1 if days > 0 else -1)
        while not is_working_day(day):
            day += step
        return datetime.combine(day, clock, tzinfo=OSLO)

    def _basis(self, story: Story, number: int) -> LegalBasis:
        fitting = [b for b in self.staffed.bases if b.has_sender == story.needs_sender]
        with_finds = [b for b in fitting if b.records_finds]
        if story.needs_finds:
            fitting = with_finds
        return fitting[number % len(fitting)]

    def _referral(
        self, story: Story, person: Any, basis: LegalBasis, opened: datetime, by: User, number: int
    ) -> Referral:
        day = opened.date()
        sender = self.staffed.senders.get(basis.sender_kind)
        referral = Referral(
            id=new_id(self.rng),
            unit=self.staffed.unit,
            person=person,
            legal_basis=basis,
            sender=sender,
            sender_reference=f"{day.year}-{100000 + number}" if sender else "",
            decided_on=day - timedelta(days=4) if sender else None,
            received_on=day,
            deadline_on=day + timedelta(days=basis.days_to_deadline or 30) if sender else None,
            attendances_required=story.required,
            registered_at=opened,
            registered_by=by,
        )
        self.batch.add(referral)
        if basis.records_finds:
            self._order(story, referral, opened, by)
        return referral

    def _order(self, story: Story, referral: Referral, opened: datetime, by: User) -> None:
        found = opened - timedelta(days=3)
        order = PoliceOrder(
            id=new_id(self.rng), referral=referral, unit=referral.unit,
            threshold_table=referral.legal_basis.threshold_table, found_at=found,
            found_where="Prøveparken", ordered_at=found + timedelta(hours=1),
            ordered_how=OrderGiven.IN_PERSON,
        )  # fmt: skip
        self.batch.add(order)
        for code, amount in FINDS[story.find]:
            self.batch.add(
                Finding(
                    id=new_id(self.rng), order=order, unit=referral.unit, amount=Decimal(amount),
                    substance=self.substances[code] if code else None, confiscated=True,
                    seizure_reference=f"B-{self.rng.randint(100, 999)}",
                )
            )  # fmt: skip
        if story.decision:
            self.batch.add(
                ThresholdDecision(
                    id=new_id(self.rng), referral=referral, unit=referral.unit,
                    decision=story.decision, reason="Avklart på telefon.",
                    decided_at=opened + timedelta(hours=2), decided_by=by,
                )
            )  # fmt: skip

    def _case(self, story: Story, referral: Referral, opened: datetime, by: User) -> Case:
        year = opened.year
        self.serials[year] = serial = self.serials.get(year, 0) + 1
        case = Case(
            id=new_id(self.rng),
            unit=self.staffed.unit,
            person=referral.person,
            referral=referral,
            number=f"{self.staffed.unit.code}-{year}-{serial:04d}",
            year=year,
            serial=serial,
            assigned_to=by if story.assigned else None,
            opened_at=opened,
            opened_by=by,
            answers_sender=referral.legal_basis.has_sender,
            attendances_required=story.required,
            summonses_allowed=referral.legal_basis.summonses,
            deadline_on=referral.deadline_on,
            find_decision=self._find_decision(story, referral),
        )
        self.batch.add(case)
        if story.assigned:
            self.batch.add(
                Assignment(
                    id=new_id(self.rng), case=case, unit=case.unit, adviser=by,
                    assigned_at=opened, assigned_by=by,
                )
            )  # fmt: skip
        if serial % 6 == 1:
            self.batch.add(
                Note(
                    id=new_id(self.rng), case=case, unit=case.unit, written_at=opened, written_by=by,
                    text="Ønsker helst samtale etter kl. 14 på grunn av skole.",
                )
            )  # fmt: skip
        return case

    def _find_decision(self, story: Story, referral: Referral) -> str:
        if not referral.legal_basis.records_finds:
            return ""
        if story.decision:
            return Decision(story.decision)
        return "" if story.find in ("below", "at") else "needed"

    def _meetings(self, story: Story, case: Case, by: User) -> None:
        results = [AttendanceResult.ATTENDED] * story.attended
        results += [AttendanceResult.DID_NOT_COME] * story.missed
        for index, result in enumerate(results):
            days = -story.days_open + 7 + index * 7
            starts = self._moment(min(days, -2), time(10))
            meeting = self._appointment(case, by, starts, AppointmentStatus.HELD)
            self.batch.add(
                Attendance(
                    id=new_id(self.rng), appointment=meeting, unit=case.unit, result=result,
                    recorded_at=meeting.ends_at, recorded_by=by,
                )
            )  # fmt: skip
            case.last_attendance_at = max(case.last_attendance_at or starts, starts)
        case.attended_count, case.missed_count = story.attended, story.missed
        if story.meeting is not None:
            self._book(story, case, by, story.meeting)

    def _book(self, story: Story, case: Case, by: User, days: int) -> None:
        meeting = self._free_appointment(case, by, days)
        case.next_appointment_at, case.next_appointment_ends_at = meeting.starts_at, meeting.ends_at
        case.next_adviser = meeting.adviser
        if story.summoned:
            case.summons_sent_at = self._summon(case, meeting, by)

    def _free_appointment(self, case: Case, by: User, days: int) -> Appointment:
        """The first free hour of that day, or of the days after it."""
        for distance in range(days, days + 400) if days > 0 else range(days, days - 400, -1):
            for hour in range(9, 15):
                starts = self._moment(distance, time(hour))
                meeting = self._appointment(case, by, starts, AppointmentStatus.BOOKED, keep=False)
                wanted = {
                    (resource, cell)
                    for resource in resources_of(meeting)
                    for cell in cells_between(meeting.starts_at, meeting.ends_at)
                }
                if wanted & self.taken:
                    continue
                self.taken |= wanted
                self.batch.add(meeting)
                self.batch.add_all(
                    Booking(unit=case.unit, appointment=meeting, resource=resource, cell=cell)
                    for resource, cell in sorted(wanted, key=str)
                )
                return meeting
        raise AssertionError("a unit has a free hour within 400 days")

    def _appointment(
        self, case: Case, by: User, starts: datetime, status: str, keep: bool = True
    ) -> Appointment:
        appointment = Appointment(
            id=new_id(self.rng), unit=case.unit, case=case, adviser=by, starts_at=starts,
            place=self.staffed.places[case.serial % len(self.staffed.places)],
            ends_at=starts + timedelta(minutes=MEETING_MINUTES), status=status,
            local_start=f"{starts:%Y-%m-%dT%H:%M}", booked_at=case.opened_at + timedelta(hours=1),
            booked_by=by,
        )  # fmt: skip
        if keep:
            self.batch.add(appointment)
        return appointment

    def _summon(self, case: Case, meeting: Appointment, by: User) -> datetime:
        content = LetterContent(
            title="Innkalling til samtale", sender=case.unit.neutral_name, sender_lines=(),
            recipient_lines=(case.person.full_name,), dated=f"{case.opened_at:%d.%m.%Y}",
            reference=case.number, facts=(), parts=(("", "Øvingsbrev."),), closing=(),
        )  # fmt: skip
        sent = meeting.booked_at + timedelta(hours=1)
        letter = Letter(
            id=new_id(self.rng), case=case, unit=case.unit, kind=LetterKind.SUMMONS,
            language=case.person.language, content=content.to_json(), made_at=sent, made_by=by,
        )  # fmt: skip
        summons = Summons(
            id=new_id(self.rng), appointment=meeting, unit=case.unit, sequence=meeting.sequence,
            letter=letter, sent_on=sent.date(), sent_how=SentHow.POST, recorded_at=sent,
            recorded_by=by,
        )  # fmt: skip
        self.batch.add(letter, summons)
        return sent

    def _help(self, story: Story, case: Case, by: User) -> None:
        if not story.help or case.last_attendance_at is None:
            return
        day = case.last_attendance_at.astimezone(OSLO).date()
        consent = Consent(
            id=new_id(self.rng), case=case, unit=case.unit, wording="Øvingssamtykke.", given_on=day,
            expires_on=day + timedelta(days=365), recorded_at=case.last_attendance_at, recorded_by=by,
        )  # fmt: skip
        self.batch.add(consent)
        for index, help_given in enumerate(story.help):
            asks = help_given.reply == Reply.THINKING or (
                help_given.reply == Reply.ACCEPTED and not help_given.result
            )
            follow_up = self.today + timedelta(days=7 * index + 3)
            self.batch.add(
                Offer(
                    id=new_id(self.rng), case=case, unit=case.unit, consent=consent,
                    service=self.staffed.services[(case.serial + index) % 5], offered_on=day,
                    offered_by=by, reply=help_given.reply,
                    replied_on=None if help_given.reply == Reply.THINKING else day,
                    decline_reason=DeclineReason.NOT_NEEDED if help_given.reply == Reply.DECLINED else "",
                    follow_up_on=follow_up if asks else None, result=help_given.result,
                    result_on=day + timedelta(days=30) if help_given.result else None,
                )
            )  # fmt: skip
            if asks:
                case.open_offer_count += 1
                case.help_follow_up_on = min(case.help_follow_up_on or follow_up, follow_up)

    def _answer(self, story: Story, case: Case, by: User) -> None:
        if story.answered is None or case.last_attendance_at is None:
            return
        case.answer_sent_at = case.last_attendance_at + timedelta(days=1)
        case.answer_attended = story.answered
        self.batch.add(
            AnswerToSender(
                id=new_id(self.rng), case=case, unit=case.unit, sender_name=str(case.referral.sender),
                sender_reference=case.referral.sender_reference, case_number=case.number,
                attended=story.answered, dates=[case.last_attendance_at.date().isoformat()],
                sent_via=SentVia.POST, sent_at=case.answer_sent_at, sent_by=by,
            )
        )  # fmt: skip
        if story.sender_choice:
            case.sender_choice = story.sender_choice
            self.batch.add(
                SenderDecision(
                    id=new_id(self.rng), case=case, unit=case.unit, choice=story.sender_choice,
                    decided_on=case.answer_sent_at.date() + timedelta(days=10),
                    recorded_at=case.answer_sent_at + timedelta(days=11), recorded_by=by,
                )
            )  # fmt: skip

    def _close(self, story: Story, case: Case, by: User) -> None:
        if not story.outcome:
            return
        case.closed_at = case.opened_at + timedelta(days=story.days_open // 2)
        case.closed_by, case.outcome = by, story.outcome
        self.batch.add(
            Closing(
                id=new_id(self.rng), case=case, unit=case.unit, outcome=story.outcome,
                closed_at=case.closed_at, closed_by=by,
            )
        )  # fmt: skip
