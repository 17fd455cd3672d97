from django.conf import settings
from django.db import migrations, models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now


def end_the_older_ones(apps, schema_editor):
    """In one statement: of each user's open glasses only the newest stays open."""
    glass = apps.get_model("people", "BreakGlass")
    still_open = glass.objects.filter(ended_at=None)
    same_user = still_open.filter(user=OuterRef("user"))
    newer = same_user.filter(started_at__gt=OuterRef("started_at"))
    as_new = same_user.filter(started_at=OuterRef("started_at"), pk__gt=OuterRef("pk"))
    still_open.filter(Exists(newer) | Exists(as_new)).update(ended_at=Now())


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_history_of_corrections'),
        ('units', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(end_the_older_ones, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='breakglass',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user',), name='break_glass_one_at_a_time'),
        ),
    ]
