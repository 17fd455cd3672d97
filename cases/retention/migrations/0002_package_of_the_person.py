"""Packages know the person they are of, and whether they could be made; the lease was never seen."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial")]

    operations = [
        migrations.RemoveField("archivepackage", "lease_until"),
        migrations.RemoveField("archivepackage", "lease_token"),
        migrations.AddField(
            "archivepackage", "failed_at", models.DateTimeField(null=True)
        ),
        # What was made before does not tell which person it was of: it is made once more.
        migrations.AddField(
            "archivepackage",
            "person_version",
            models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "archivepackage",
            models.CheckConstraint(
                name="archive_package_made_or_failed",
                condition=Q(made_at=None) | Q(failed_at=None),
            ),
        ),
    ]
