"""Nothing is kept of erased cases that fewer than five people stand behind.

How many people stand behind the numbers that were kept before is not known any more: they go.
"""

from typing import Any

from django.db import migrations, models


def forget_numbers_of_nobody_knows_how_many(apps: Any, schema_editor: Any) -> None:
    apps.get_model("statistics", "ErasedFigure").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('statistics', '0002_erasedfigure'),
        ('units', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(forget_numbers_of_nobody_knows_how_many, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='erasedfigure',
            name='measure',
            field=models.CharField(choices=[('referral', 'referrals by legal basis'), ('attendance', 'meetings by attendance'), ('answer', 'answers to senders'), ('reply', 'offers by reply'), ('decline_reason', 'declined offers by reason'), ('result', 'accepted offers by result'), ('outcome', 'closed cases by outcome'), ('case', 'cases, whatever they were about')], max_length=14),
        ),
        migrations.AddConstraint(
            model_name='erasedfigure',
            constraint=models.CheckConstraint(condition=models.Q(('measure', 'case'), ('number__gte', 5), _connector='OR'), name='erased_figure_of_enough'),
        ),
    ]
