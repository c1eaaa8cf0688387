from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="EphemeralKey",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("session_id", models.CharField(max_length=64)),
                ("dialect", models.CharField(max_length=8)),
                ("config", models.TextField()),
                ("expires_at", models.BigIntegerField(db_index=True)),
            ],
        ),
    ]
