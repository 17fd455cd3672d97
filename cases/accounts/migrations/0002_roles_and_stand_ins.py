import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('units', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='StandIn',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to and including')),
            ],
            options={
                'verbose_name': 'stand-in',
                'verbose_name_plural': 'stand-ins',
            },
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_unit_fits_role',
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('adviser', 'adviser'), ('coordinator', 'coordinator'), ('leader', 'unit leader'), ('municipal_admin', 'municipal administrator'), ('sample_taker', 'sample taker'), ('auditor', 'data protection officer'), ('figures_reader', 'figures reader'), ('administrator', 'system administrator'), ('police_client', 'police system')], max_length=20, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='unit',
            field=models.ForeignKey(blank=True, help_text='Empty for figures readers, system administrators and police systems: they belong to no unit.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='units.unit'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['adviser', 'coordinator', 'leader', 'municipal_admin', 'sample_taker', 'auditor']), ('unit__isnull', False)), models.Q(('unit__isnull', True), models.Q(('role__in', ['adviser', 'coordinator', 'leader', 'municipal_admin', 'sample_taker', 'auditor']), _negated=True)), _connector='OR'), name='membership_unit_fits_role', violation_error_message='Figures readers, system administrators and police systems belong to no unit; everybody else does.'),
        ),
        migrations.AddField(
            model_name='standin',
            name='absent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='who is away'),
        ),
        migrations.AddField(
            model_name='standin',
            name='substitute',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stand_ins', to=settings.AUTH_USER_MODEL, verbose_name='who stands in'),
        ),
        migrations.AddField(
            model_name='standin',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='units.unit'),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.UniqueConstraint(fields=('unit', 'absent', 'substitute', 'valid_from'), name='stand_in_once'),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.CheckConstraint(condition=models.Q(('absent', models.F('substitute')), _negated=True), name='stand_in_is_somebody_else', violation_error_message='Nobody stands in for themselves.'),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', False)), name='stand_in_ends', violation_error_message='A stand-in needs a last day.'),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='stand_in_dates_in_order', violation_error_message='The last day must not come before the first day.'),
        ),
    ]
