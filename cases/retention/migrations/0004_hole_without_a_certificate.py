"""A hole in the numbers names no certificate and no year of closing; certificates tell of five."""

from typing import Any

from django.db import migrations, models
from django.utils import timezone

FEWEST = 5


def year_of_the_certificate(apps: Any, schema_editor: Any) -> None:
    holes = apps.get_model("retention", "ErasedCase").objects
    for certificate in apps.get_model("retention", "Certificate").objects.all():
        year = timezone.localtime(certificate.begun_at).year
        holes.filter(certificate=certificate).update(erased_year=year)


def tell_of_five_or_more(apps: Any, schema_editor: Any) -> None:
    """As the model does when a list is finished."""
    finished = apps.get_model("retention", "Certificate").objects.exclude(finished_at=None)
    for one in finished:
        of_few = one.cases < FEWEST
        few = {table for table, number in one.rows.items() if of_few or number < FEWEST}
        if few:
            one.rows = {table: n for table, n in one.rows.items() if table not in few} | {
                "": sum(one.rows[table] for table in few)
            }
        if any(number < FEWEST for number in one.rules.values()):
            one.rules = {}
        one.save(update_fields=["rows", "rules"])


class Migration(migrations.Migration):
    dependencies = [("retention", "0003_what_holds_deletion_and_two_for_the_log")]

    operations = [
        migrations.AddField(
            "erasedcase",
            "erased_year",
            models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunPython(year_of_the_certificate, migrations.RunPython.noop),
        migrations.RunPython(tell_of_five_or_more, migrations.RunPython.noop),
        migrations.RemoveField("erasedcase", "certificate"),
        migrations.RemoveField("erasedcase", "closed_year"),
    ]
