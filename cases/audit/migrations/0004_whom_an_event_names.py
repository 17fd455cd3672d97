from django.db import migrations, models

from cases.audit import triggers

ROWS_AT_ONCE = 2000


def lift_first(apps, schema_editor):
    triggers.lift(schema_editor.connection, triggers.FIRST_TABLES)


def install_first(apps, schema_editor):
    triggers.install(schema_editor.connection, triggers.FIRST_TABLES)


def lift(apps, schema_editor):
    triggers.lift(schema_editor.connection)


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def find_whom_events_name(apps, schema_editor):
    """The events there are keep their hash; their lists of persons become findable."""
    event, event_person = apps.get_model("audit", "Event"), apps.get_model("audit", "EventPerson")
    rows = []
    for pk, unit, persons in event.objects.values_list("pk", "unit", "persons").iterator():
        rows += [event_person(unit=unit, event=pk, person=person) for person in {*persons}]
        if len(rows) >= ROWS_AT_ONCE:
            event_person.objects.bulk_create(rows)
            rows = []
    event_person.objects.bulk_create(rows)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_tier_and_client'),
    ]

    operations = [
        # SQLite makes the table anew, and its triggers would be lost on the way.
        migrations.RunPython(lift_first, install_first),
        migrations.CreateModel(
            name='EventPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.UUIDField()),
                ('person', models.UUIDField()),
                ('event', models.UUIDField()),
            ],
        ),
        migrations.AddField(
            model_name='event',
            name='case',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='count',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='words',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name='event',
            name='format',
            field=models.PositiveSmallIntegerField(default=3),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['case', 'at'], name='audit_event_case'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['actor', 'at'], name='audit_event_actor'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['unit', 'at'], name='audit_event_unit'),
        ),
        migrations.AddConstraint(
            model_name='eventperson',
            constraint=models.UniqueConstraint(fields=('person', 'event'), name='audit_eventperson_once'),
        ),
        migrations.RunPython(find_whom_events_name, migrations.RunPython.noop),
        migrations.RunPython(install, lift),
    ]
