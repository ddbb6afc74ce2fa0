from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models

IS_MOVED = """
CREATE OR REPLACE FUNCTION innomarket_is_moved() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    moved text := current_setting('innomarket.now', true);
BEGIN
    IF moved IS NULL OR moved = '' THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT 1 FROM common_movableclock WHERE database = current_database());
END
$$
"""
NOW = """
CREATE OR REPLACE FUNCTION innomarket_now() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF innomarket_is_moved() THEN
        RETURN current_setting('innomarket.now')::timestamptz;
    END IF;
    RETURN clock_timestamp();
END
$$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    # Their tables take the time from innomarket_now().
    run_before = [
        (app, "0001_initial")
        for app in (
            "accounts",
            "audit",
            "timeline",
            "documents",
            "notifications",
            "submissions",
            "evaluation",
            "challenges",
            "designation",
            "catalog",
            "pilots",
        )
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name="MovableClock",
            fields=[("database", models.CharField(max_length=63, primary_key=True, serialize=False))],
            options={"verbose_name": "movable clock", "verbose_name_plural": "movable clocks"},
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("process", models.CharField(max_length=40, unique=True, verbose_name="process")),
                ("at", models.DateTimeField(verbose_name="seen at")),
            ],
            options={"verbose_name": "heartbeat", "verbose_name_plural": "heartbeats"},
        ),
        migrations.RunSQL(IS_MOVED, "DROP FUNCTION IF EXISTS innomarket_is_moved()"),
        migrations.RunSQL(NOW, "DROP FUNCTION IF EXISTS innomarket_now()"),
    ]
