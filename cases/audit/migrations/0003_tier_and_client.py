from django.db import migrations, models

from cases.audit import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, triggers.FIRST_TABLES)


def lift(apps, schema_editor):
    triggers.lift(schema_editor.connection, triggers.FIRST_TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_append_only'),
    ]

    operations = [
        # SQLite makes the table anew for each column, and its triggers would be lost on the way.
        migrations.RunPython(lift, install),
        migrations.AddField(
            model_name='event',
            name='client',
            field=models.CharField(blank=True, choices=[('', 'unknown'), ('web', 'Web'), ('admin', 'Admin'), ('api', 'Api'), ('hook', 'Hook'), ('job', 'Job'), ('command', 'Command')], max_length=10),
        ),
        migrations.AddField(
            model_name='event',
            name='format',
            # The events there are keep the hash they have.
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name='event',
            name='format',
            field=models.PositiveSmallIntegerField(default=2),
        ),
        migrations.AddField(
            model_name='event',
            name='legal_basis',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='event',
            name='reason',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='event',
            name='tier',
            field=models.CharField(blank=True, choices=[('', 'none'), ('normal', 'Normal'), ('declared', 'Declared'), ('break_glass', 'Break Glass')], max_length=12),
        ),
        migrations.RunPython(install, lift),
    ]
