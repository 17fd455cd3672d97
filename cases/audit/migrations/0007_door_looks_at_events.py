from django.db import migrations

from cases.audit import sealing


def install_door(apps, schema_editor):
    """Replaces the function of 0006, which believed the seal; its owner and its grants stay."""
    sealing.install_door(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0006_seals'),
    ]

    operations = [
        # Backwards the stricter function stays: 0006 takes it away.
        migrations.RunPython(install_door, migrations.RunPython.noop),
    ]
