from django.db import migrations

from cases.audit import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, triggers.FIRST_TABLES)


def lift(apps, schema_editor):
    triggers.lift(schema_editor.connection, triggers.FIRST_TABLES)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(install, lift)]
