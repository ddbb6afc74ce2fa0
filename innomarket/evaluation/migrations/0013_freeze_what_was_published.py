import hashlib
import json

from django.db import migrations

# Before their mend, cancelled evaluations anew left the revisions behind that they had computed.
CLEAN = """
DELETE FROM evaluation_result result
 USING evaluation_entry entry, evaluation_round round
 WHERE entry.id = result.entry_id AND round.id = entry.round_id AND round.state = 'cancelled'
   AND result.supersedes_id IS NOT NULL AND result.published_at IS NULL
"""


def freeze_published(apps, schema_editor):
    """What was published before this has its assignments frozen now, from rows that nothing has changed since."""
    ResultFile = apps.get_model("evaluation", "ResultFile")
    AssignmentsFile = apps.get_model("evaluation", "AssignmentsFile")
    Assignment = apps.get_model("evaluation", "Assignment")
    for file in ResultFile.objects.order_by("pk").iterator(chunk_size=20):
        data = json.loads(file.content)
        counted = {entry["code"]: {sheet["place"] for sheet in entry["sheets"]} for entry in data["entries"]}
        found = {code: [] for code in counted}
        rows = Assignment.objects.filter(entry__round=file.round_id).order_by("panelist__place")
        columns = ("entry__result__code", "panelist__place", "recusal", "sheet__state")
        for code, place, recusal, state in rows.values_list(*columns):
            became = (
                "counted"
                if place in counted[code]
                else "recused"
                if recusal is not None
                else "set_aside"
                if state == "set_aside"
                else "not_submitted"
            )
            found[code].append({"place": place, "became": became})
        text = json.dumps(
            {
                "format": "innomarket-round-assignments-1",
                "result_sha256": file.sha256,
                **{name: data[name] for name in ("round", "call", "lot", "published_at")},
                "entries": [{"code": code, "assigned": assigned} for code, assigned in found.items()],
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        AssignmentsFile.objects.create(round_id=file.round_id, content=text, sha256=sha256)


class Migration(migrations.Migration):
    """Rows are added for the published rounds, and computed revisions that nobody was told of go.

    Backwards nothing is undone: the files go with their table, and the revisions were to be gone.
    """

    dependencies = [
        ("evaluation", "0012_assignments_file"),
    ]

    operations = [
        migrations.RunPython(freeze_published, migrations.RunPython.noop),
        migrations.RunSQL(CLEAN, migrations.RunSQL.noop),
    ]
