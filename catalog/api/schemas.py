"""The public document of a product as OpenAPI tells it. What is answered is made by ``catalog/public_documents.py``."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from designation.models import Designation
from innomarket.accounts.models import Organisation
from innomarket.submissions.states import CallState

from ..bulk import FORMATS
from ..models import Certificate, Patent, ProductDocument, Snapshot
from ..states import PilotVerdict, UseAfter


def _label(of: str) -> Any:
    return serializers.CharField(help_text=f"`{of}` in words, in the language of the answer.")


class NamedSerializer(serializers.Serializer):
    """`name` is in the language of Accept-Language; both languages stand beside it."""

    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField(allow_blank=True)


class CategoryOfProductSerializer(NamedSerializer):
    code = serializers.CharField()
    large = serializers.CharField(
        help_text="The code of the large category; the same where it is one itself."
    )


class ItemClassSerializer(NamedSerializer):
    """The class of goods, of 8 or 10 digits."""

    code = serializers.CharField()


class SupplierSerializer(NamedSerializer):
    id = serializers.IntegerField(help_text="Of the organisation in this API.")
    size_class = serializers.ChoiceField(Organisation.Size.choices, allow_blank=True)
    is_women_owned = serializers.BooleanField()
    is_youth_led = serializers.BooleanField()
    region = serializers.CharField(allow_blank=True)


class DesignationOfProductSerializer(serializers.Serializer):
    """Days are those of Seoul. Whether it is in force on a day follows from them."""

    number = serializers.CharField()
    type = serializers.ChoiceField(Designation.Type.choices)
    type_label = _label("type")
    designated_on = serializers.DateField()
    valid_from = serializers.DateField(help_text="The first day.")
    valid_until = serializers.DateField(help_text="The last day.")


class RegionSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class SpecificationSerializer(serializers.Serializer):
    """A named value; `code` is that of the category's profile, or empty where the supplier named it."""

    code = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    value = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)


class ModelSerializer(serializers.Serializer):
    name = serializers.CharField()
    identification_number = serializers.CharField(allow_blank=True)
    price_won = serializers.IntegerField(allow_null=True)
    specifications = SpecificationSerializer(many=True)


class CertificateSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Certificate.Kind.choices)
    kind_label = _label("kind")
    number = serializers.CharField()
    issuer = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True, help_text="The last day.")


class PatentSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Patent.Kind.choices)
    kind_label = _label("kind")
    number = serializers.CharField()
    title = serializers.CharField(allow_blank=True)


class CopySerializer(serializers.Serializer):
    url = serializers.URLField(help_text="A WebP file that never changes: its name is its SHA-256.")
    width = serializers.IntegerField(help_text="Pixels.")
    height = serializers.IntegerField(help_text="Pixels.")


class ImageSerializer(serializers.Serializer):
    """A picture and what it shows; `alt_en` may be empty, then `alt` is the Korean text."""

    alt = serializers.CharField()
    alt_ko = serializers.CharField()
    alt_en = serializers.CharField(allow_blank=True)
    copies = CopySerializer(many=True, help_text="The same picture, the smallest first.")


class FileSerializer(serializers.Serializer):
    """A document of the listing, for everybody."""

    kind = serializers.ChoiceField(ProductDocument.Kind.choices)
    kind_label = _label("kind")
    title = serializers.CharField()
    url = serializers.URLField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()


class NameSerializer(NamedSerializer):
    """A name alone."""


class MeasureSerializer(serializers.Serializer):
    name = serializers.CharField()
    target = serializers.CharField(help_text="What was to be reached.")
    found = serializers.CharField()
    reached = serializers.BooleanField()


class TrialSerializer(serializers.Serializer):
    """A concluded trial, good or bad, in the words of those who judged it."""

    number = serializers.CharField(help_text="Of the pilot purchase.")
    page = serializers.URLField()
    institution = NameSerializer()
    verdict = serializers.ChoiceField(PilotVerdict.choices)
    verdict_label = _label("verdict")
    given_on = serializers.DateField()
    summary = serializers.CharField(allow_blank=True)
    measures = MeasureSerializer(many=True)
    use = serializers.ChoiceField(UseAfter.choices, allow_blank=True, help_text="Empty: not said yet.")
    use_label = serializers.CharField(allow_blank=True)
    use_words = serializers.CharField(allow_blank=True)
    use_on = serializers.DateField(allow_null=True)


class PilotSerializer(serializers.Serializer):
    """What pilots found, good or bad; `verdict` is empty while no trial is concluded."""

    count = serializers.IntegerField()
    verdict = serializers.ChoiceField(PilotVerdict.choices, allow_blank=True)
    verdict_label = serializers.CharField(allow_blank=True)
    use_after = serializers.ChoiceField(UseAfter.choices, allow_blank=True)
    use_after_label = serializers.CharField(allow_blank=True)
    trials = TrialSerializer(many=True, help_text="The newest first.")


class ProductSerializer(NamedSerializer):
    """A designated product, also when its designation has ended."""

    number = serializers.CharField()
    url = serializers.URLField(help_text="The product in this API.")
    page = serializers.URLField(help_text="The product's page for people, in the same language.")
    summary = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    category = CategoryOfProductSerializer(allow_null=True)
    item_class = ItemClassSerializer(allow_null=True)
    supplier = SupplierSerializer()
    manufacturer = serializers.CharField(allow_blank=True)
    collaborators = serializers.ListField(child=serializers.CharField())
    origin = serializers.CharField(help_text="ISO 3166 code of the country.")
    origin_label = _label("origin")
    designation = DesignationOfProductSerializer()
    price_won = serializers.IntegerField(
        allow_null=True, help_text="Whole won for one `unit`, as the supplier offers it."
    )
    price_includes_vat = serializers.BooleanField()
    price_basis = serializers.CharField(allow_blank=True, help_text="What the price includes.")
    unit = serializers.CharField(allow_blank=True)
    delivery_days = serializers.IntegerField(allow_null=True)
    regions = RegionSerializer(many=True, help_text="Where it is supplied; none named: the whole country.")
    trl = serializers.IntegerField(allow_null=True, help_text="Technology readiness level.")
    models = ModelSerializer(many=True)
    certificates = CertificateSerializer(many=True)
    patents = PatentSerializer(many=True)
    sdgs = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=17))
    images = ImageSerializer(many=True)
    documents = FileSerializer(many=True)
    video_url = serializers.CharField(allow_blank=True)
    pilot = PilotSerializer()
    version = serializers.IntegerField(help_text="How often the listing has been changed.")
    listed_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


FIELDS = frozenset(ProductSerializer().fields)


@extend_schema_field(ProductSerializer)
class ProductField(serializers.JSONField):
    """A product's document."""


class ChangeSerializer(serializers.Serializer):
    """A product as it stands since its last change, or a tombstone."""

    number = serializers.CharField()
    change = serializers.ChoiceField(
        ["written", "removed"], help_text="removed: the product is no longer public; keep no copy of it."
    )
    at = serializers.DateTimeField(help_text="When the change was committed.")
    since = serializers.IntegerField(help_text="The place of this change: ask from it to go on behind it.")
    product = ProductField(allow_null=True, help_text="null for a tombstone.")


class ChangesSerializer(serializers.Serializer):
    results = ChangeSerializer(many=True)
    next = serializers.URLField(help_text="Ask here next: at once where `more` is true, else later.")
    since = serializers.IntegerField(help_text="The place that `next` asks from; keep it.")
    more = serializers.BooleanField(help_text="Whether there are further changes already.")


class SnapshotSerializer(serializers.Serializer):
    name = serializers.CharField()
    url = serializers.URLField()
    day = serializers.DateField(help_text="The night, in Seoul.")
    format = serializers.ChoiceField([(code, code.upper()) for code in FORMATS])
    language = serializers.ChoiceField(Snapshot.Language.choices)
    size = serializers.IntegerField(help_text="Bytes.")
    rows = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of the file as it is sent.")
    since = serializers.IntegerField(help_text="Where to go on in the feed of changes.")


class SnapshotsSerializer(serializers.Serializer):
    results = SnapshotSerializer(many=True)


class OrganisationNameSerializer(NamedSerializer):
    id = serializers.IntegerField()


class CodedSerializer(NamedSerializer):
    code = serializers.CharField()


class DesignationSerializer(DesignationOfProductSerializer):
    product_name_ko = serializers.CharField()
    product_name_en = serializers.CharField()
    product = serializers.CharField(allow_null=True, help_text="Its number in the catalogue.")
    organisation = OrganisationNameSerializer()


class CategorySerializer(NamedSerializer):
    code = serializers.CharField()
    parent = serializers.CharField(  # type: ignore[assignment]
        allow_null=True, help_text="The large category's code; null for a large one."
    )


class CategoriesSerializer(serializers.Serializer):
    results = CategorySerializer(many=True)


class LotSerializer(serializers.Serializer):
    """What is ranked together."""

    title_ko = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)


IN_WORDS = "The same instant as pages and mails say it: day, weekday, time and zone (KST)."


class CallSerializer(serializers.Serializer):
    number = serializers.CharField()
    page = serializers.URLField()
    kind = serializers.CharField()
    kind_label = _label("kind")
    title = serializers.CharField()
    title_ko = serializers.CharField()
    title_en = serializers.CharField()
    summary_ko = serializers.CharField(allow_blank=True)
    summary_en = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField([choice for choice in CallState.choices if choice[0] != CallState.DRAFT])
    state_label = _label("state")
    opens_at = serializers.DateTimeField()
    opens_at_label = serializers.CharField(help_text=IN_WORDS)
    closes_at = serializers.DateTimeField(help_text="No longer open at this instant.")
    closes_at_label = serializers.CharField(help_text=IN_WORDS)
    opening_at = serializers.DateTimeField(help_text="What was submitted is opened from this instant on.")
    opening_at_label = serializers.CharField(help_text=IN_WORDS)
    lots = LotSerializer(many=True)


class AnswerSerializer(serializers.Serializer):
    """One answer of the task's form; `value` is a text, a number, a list or null, by its key."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.JSONField(allow_null=True)


class TaskSerializer(serializers.Serializer):
    number = serializers.CharField()
    page = serializers.URLField()
    title = serializers.CharField(allow_blank=True)
    answers = AnswerSerializer(many=True)
    institution = OrganisationNameSerializer(allow_null=True)
    call_for_solutions = serializers.CharField(allow_null=True, help_text="The number of its call.")
    published_at = serializers.DateTimeField(allow_null=True)


class OrganisationSerializer(NamedSerializer):
    id = serializers.IntegerField()
    page = serializers.URLField()
    kind = CodedSerializer()
    institution_class = CodedSerializer(allow_null=True)
    region = serializers.CharField(allow_blank=True)
