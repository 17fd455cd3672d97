import cases.core.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0001_initial'),
        ('units', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('planned_at', models.DateTimeField()),
                ('ordered_at', models.DateTimeField()),
                ('taken', models.BooleanField(null=True)),
                ('recorded_at', models.DateTimeField(null=True)),
                ('exception', cases.core.fields.EncryptedTextField(default='')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='samples', to='casework.case')),
                ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit')),
            ],
            options={
                'verbose_name': 'drug test',
                'verbose_name_plural': 'drug tests',
                'indexes': [models.Index(condition=models.Q(('taken', None)), fields=['taker', 'planned_at'], name='sample_to_be_taken')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('recorded_at', None), ('recorded_by', None), ('taken', None)), models.Q(('recorded_at__isnull', False), ('recorded_by__isnull', False), ('taken__isnull', False)), _connector='OR'), name='sample_recorded')],
            },
        ),
    ]
