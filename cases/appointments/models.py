"""When and where they meet, the summons, and who came."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.accounts.models import User
from cases.casework.models import Case
from cases.core.fields import EncryptedTextField
from cases.core.models import Row, Versioned
from cases.letters.models import Letter
from cases.people.models import Person, visible_through
from cases.units.models import Place, Unit

CELL_SECONDS = 300
LENGTHS = (15, 30, 45, 60, 75, 90, 120)


class AppointmentStatus(models.TextChoices):
    BOOKED = "booked", _("booked")
    CANCELLED = "cancelled", _("cancelled")
    HELD = "held", _("result recorded")


class WhoAsked(models.TextChoices):
    PERSON = "person", _("the person")
    UNIT = "unit", _("the unit")


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "case__person__"))

    def for_case(self, case: Case) -> Self:
        return self.filter(case=case).order_by("starts_at", "pk")

    def booked(self) -> Self:
        return self.filter(status=AppointmentStatus.BOOKED)

    def held(self) -> Self:
        return self.filter(status=AppointmentStatus.HELD)

    def with_page_facts(self) -> Self:
        """What a page about one appointment shows, in one query."""
        return self.select_related("adviser", "place", "attendance__recorded_by")

    def starting_within(self, first: datetime, last: datetime) -> Self:
        """Booked, starting in [first, last)."""
        return self.booked().filter(starts_at__gte=first, starts_at__lt=last)


class Appointment(Versioned):
    """`sequence` rises whenever time, place or way changes: messages belong to one sequence."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    adviser = models.ForeignKey(User, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    local_start = models.CharField(max_length=16)  # wall time in Oslo as agreed, 2026-11-25T14:00
    sequence = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(
        max_length=10, choices=AppointmentStatus, default=AppointmentStatus.BOOKED
    )
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = AppointmentQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "version", "unit", "case", "adviser", "place", "starts_at", "ends_at",
            "local_start", "sequence", "status", "booked_at", "booked_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            # One booked appointment at a time: a summons names one meeting.
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="booked"), name="appointment_one_booked",
                violation_error_message=_("The case already has a booked appointment."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["case", "starts_at"], name="appointment_of_case"),
            models.Index(fields=["status", "starts_at"], name="appointment_by_start"),
            models.Index(fields=["adviser", "starts_at"], name="appointment_of_adviser"),
        ]

    def __str__(self) -> str:
        return f"appointment {self.pk}"

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))


class Booking(models.Model):
    """One resource in one five-minute cell (UTC epoch // 300). The unique row is the guarantee."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="bookings")
    resource = models.UUIDField()  # an adviser, a room or a person
    cell = models.PositiveIntegerField()

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "unit", "appointment", "resource", "cell"}
        anonymised: dict[str, object] = {}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "cell"], name="booking_no_double"),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk}"


class AppointmentChange(Row):
    """What an appointment was before it was moved or cancelled, who asked and who did it."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="changes")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    was_starting_at = models.DateTimeField()
    was_place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    was_adviser = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_cancellation = models.BooleanField(default=False)
    asked_for_by = models.CharField(max_length=8, choices=WhoAsked)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "appointment", "unit", "was_starting_at", "was_place", "was_adviser",
            "is_cancellation", "asked_for_by", "changed_at", "changed_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("change of an appointment")
        verbose_name_plural = _("changes of appointments")

    def __str__(self) -> str:
        return f"change {self.pk}"


class SentHow(models.TextChoices):
    POST = "post", _("by post")
    HANDED_OVER = "handed_over", _("handed over")
    DIGITAL_POST = "digital_post", _("digital post")
    EMAIL = "email", _("by e-mail")


class SummonsQuerySet(models.QuerySet["Summons"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_through(user, "appointment__case__person__"))

    def for_case(self, case: Case) -> Self:
        return self.filter(appointment__case=case)


class Summons(Row):
    """The written summons to one appointment as it stood: the letter, when and how it was sent."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="summonses")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    sequence = models.PositiveSmallIntegerField()
    letter = models.OneToOneField(Letter, models.PROTECT, related_name="+")
    sent_on = models.DateField()
    sent_how = models.CharField(max_length=14, choices=SentHow)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SummonsQuerySet.as_manager()

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "appointment", "unit", "sequence", "letter", "sent_on", "sent_how",
            "recorded_at", "recorded_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("summons")
        verbose_name_plural = _("summonses")

    def __str__(self) -> str:
        return f"summons {self.pk}"


class AttendanceResult(models.TextChoices):
    ATTENDED = "attended", _("attended")
    LATE = "late", _("came late, the conversation was held")
    DID_NOT_COME = "did_not_come", _("did not come")
    VALID_ABSENCE = "valid_absence", _("valid absence")
    CANCELLED_BY_US = "cancelled_by_us", _("cancelled by us")


CAME = (AttendanceResult.ATTENDED, AttendanceResult.LATE)


class Attendance(Row):
    """Who came. One record of its own: what was said belongs elsewhere, or nowhere."""

    appointment = models.OneToOneField(Appointment, models.CASCADE, related_name="attendance")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    result = models.CharField(_("attendance"), max_length=16, choices=AttendanceResult)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Privacy:
        kept: set[str] = set()
        erased = {"id", "appointment", "unit", "result", "recorded_at", "recorded_by"}
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")

    def __str__(self) -> str:
        return f"attendance {self.pk}"

    @property
    def came(self) -> bool:
        return self.result in CAME


class AttendanceCorrection(Row):
    """What was recorded before it was corrected, and why. The attendance itself holds what is true."""

    attendance = models.ForeignKey(Attendance, models.CASCADE, related_name="corrections")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    was_result = models.CharField(max_length=16, choices=AttendanceResult)
    reason = EncryptedTextField(_("reason"))
    corrected_at = models.DateTimeField()
    corrected_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Privacy:
        kept: set[str] = set()
        erased = {
            "id", "attendance", "unit", "was_result", "reason", "corrected_at", "corrected_by",
        }  # fmt: skip
        anonymised: dict[str, object] = {}

    class Meta:
        verbose_name = _("correction of an attendance")
        verbose_name_plural = _("corrections of attendances")

    def __str__(self) -> str:
        return f"correction {self.pk}"

    def key_holder(self) -> Person:
        return self.attendance.appointment.case.person
