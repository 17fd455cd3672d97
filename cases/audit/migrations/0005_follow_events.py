from django.db import migrations

from cases.audit import triggers


def follow(apps, schema_editor):
    triggers.follow(schema_editor.connection)


def stop_following(apps, schema_editor):
    triggers.stop_following(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_whom_an_event_names")]
    operations = [migrations.RunPython(follow, stop_following)]
