import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def take_unit_from_message(apps, schema_editor):
    """In one statement: an event belongs where its message does."""
    message, event = apps.get_model("reminders", "Message"), apps.get_model("reminders", "MessageEvent")
    unit = message.objects.filter(pk=OuterRef("message")).values("unit")[:1]
    event.objects.filter(unit=None).update(unit=Subquery(unit))


class Migration(migrations.Migration):

    dependencies = [
        ('reminders', '0002_restricted_and_stopped'),
        ('units', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='messageevent',
            name='unit',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit'),
        ),
        migrations.RunPython(take_unit_from_message, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='messageevent',
            name='unit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit'),
        ),
    ]
