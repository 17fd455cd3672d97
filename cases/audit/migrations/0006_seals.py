import uuid
from django.db import migrations, models

from cases.audit import sealing


def install_door(apps, schema_editor):
    sealing.install_door(schema_editor.connection)


def remove_door(apps, schema_editor):
    sealing.remove_door(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0005_follow_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('unit', models.UUIDField()),
                ('month', models.DateField()),
                ('first_sequence', models.PositiveBigIntegerField()),
                ('last_sequence', models.PositiveBigIntegerField()),
                ('first_previous_hash', models.CharField(blank=True, max_length=64)),
                ('last_hash', models.CharField(max_length=64)),
                ('count', models.PositiveBigIntegerField()),
                ('sealed_at', models.DateTimeField()),
                ('dropped_at', models.DateTimeField(null=True)),
                ('dropped_by', models.UUIDField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('unit', 'month'), name='audit_seal_month'), models.CheckConstraint(condition=models.Q(models.Q(('dropped_at__isnull', True), ('dropped_by__isnull', True)), models.Q(('dropped_at__isnull', False), ('dropped_by__isnull', False)), _connector='OR'), name='audit_seal_dropped')],
            },
        ),
        migrations.RunPython(install_door, remove_door),
    ]
