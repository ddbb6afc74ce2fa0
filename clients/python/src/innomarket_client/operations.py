"""Generated from docs/schemas/api-v1.json by `make api`: not to be edited."""

from __future__ import annotations

from typing import Any, Literal, cast
from urllib.parse import urlencode

from .models import (
    Call,
    CallPage,
    Categories,
    Changes,
    Designation,
    DesignationPage,
    Organisation,
    OrganisationPage,
    Product,
    ProductPage,
    Snapshots,
    Statistics,
    Task,
    TaskPage,
)


def query(values: dict[str, Any]) -> str:
    """The parameters that were given; yes and no as the API says them."""
    told = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in values.items()
        if value is not None
    }
    return f"?{urlencode(told, doseq=True)}" if told else ""


class Operations:
    """Every address of the API that answers JSON. `json` is the client's."""

    def json(self, address: str) -> Any:
        raise NotImplementedError

    def calls_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-closes_at", "-opens_at", "closes_at", "opens_at"] | None = None,
        page_size: int | None = None,
        state: list[Literal["announced", "cancelled", "closed"]] | None = None,
    ) -> CallPage:
        """Calls."""
        return cast(
            CallPage,
            self.json(
                "/api/v1/calls/"
                + query(
                    {
                        "cursor": cursor,
                        "fields": fields,
                        "kind": kind,
                        "ordering": ordering,
                        "page_size": page_size,
                        "state": state,
                    }
                )
            ),
        )

    def calls_retrieve(self, number: str, *, fields: str | None = None) -> Call:
        """One call."""
        return cast(Call, self.json(f"/api/v1/calls/{number}/" + query({"fields": fields})))

    def categories_list(self, *, fields: str | None = None) -> Categories:
        """Categories."""
        return cast(Categories, self.json("/api/v1/categories/" + query({"fields": fields})))

    def challenge_tasks_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        institution: int | None = None,
        ordering: Literal["-published_at", "published_at"] | None = None,
        page_size: int | None = None,
        sdg: int | None = None,
    ) -> TaskPage:
        """Challenge tasks."""
        return cast(
            TaskPage,
            self.json(
                "/api/v1/challenge-tasks/"
                + query(
                    {
                        "cursor": cursor,
                        "fields": fields,
                        "institution": institution,
                        "ordering": ordering,
                        "page_size": page_size,
                        "sdg": sdg,
                    }
                )
            ),
        )

    def challenge_tasks_retrieve(self, number: str, *, fields: str | None = None) -> Task:
        """One challenge task."""
        return cast(Task, self.json(f"/api/v1/challenge-tasks/{number}/" + query({"fields": fields})))

    def designations_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        in_force_on: str | None = None,
        ordering: Literal["-designated_on", "designated_on"] | None = None,
        organisation: int | None = None,
        page_size: int | None = None,
        type: list[Literal["type2"]] | None = None,
    ) -> DesignationPage:
        """Designations."""
        return cast(
            DesignationPage,
            self.json(
                "/api/v1/designations/"
                + query(
                    {
                        "cursor": cursor,
                        "fields": fields,
                        "in_force_on": in_force_on,
                        "ordering": ordering,
                        "organisation": organisation,
                        "page_size": page_size,
                        "type": type,
                    }
                )
            ),
        )

    def designations_retrieve(self, number: str, *, fields: str | None = None) -> Designation:
        """One designation."""
        return cast(Designation, self.json(f"/api/v1/designations/{number}/" + query({"fields": fields})))

    def organisations_list(
        self,
        *,
        cursor: str | None = None,
        fields: str | None = None,
        kind: list[str] | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        q: str | None = None,
    ) -> OrganisationPage:
        """Organisations."""
        return cast(
            OrganisationPage,
            self.json(
                "/api/v1/organisations/"
                + query(
                    {
                        "cursor": cursor,
                        "fields": fields,
                        "kind": kind,
                        "ordering": ordering,
                        "page_size": page_size,
                        "q": q,
                    }
                )
            ),
        )

    def organisations_retrieve(self, id: str, *, fields: str | None = None) -> Organisation:
        """One organisation."""
        return cast(Organisation, self.json(f"/api/v1/organisations/{id}/" + query({"fields": fields})))

    def products_list(
        self,
        *,
        category: list[str] | None = None,
        certificate: Literal[
            "direct_production",
            "excellent",
            "green",
            "gs",
            "iso",
            "kc",
            "nep",
            "net",
            "other",
            "performance",
            "test_report",
        ]
        | None = None,
        cursor: str | None = None,
        designation_type: list[Literal["type2"]] | None = None,
        fields: str | None = None,
        has_pilot_result: bool | None = None,
        in_force: bool | None = None,
        in_force_on: str | None = None,
        item_class: str | None = None,
        ordering: Literal[
            "-changed_at",
            "-designated_on",
            "-listed_at",
            "-price_won",
            "changed_at",
            "designated_on",
            "listed_at",
            "price_won",
        ]
        | None = None,
        page_size: int | None = None,
        pilot_verdict: list[Literal["failure", "success"]] | None = None,
        price_max: int | None = None,
        price_min: int | None = None,
        q: str | None = None,
        region: Literal[
            "강원특별자치도",
            "경기도",
            "경상남도",
            "경상북도",
            "광주광역시",
            "대구광역시",
            "대전광역시",
            "부산광역시",
            "서울특별시",
            "세종특별자치시",
            "울산광역시",
            "인천광역시",
            "전라남도",
            "전북특별자치도",
            "제주특별자치도",
            "충청남도",
            "충청북도",
        ]
        | None = None,
        sdg: int | None = None,
        size: list[Literal["large", "medium", "micro", "small"]] | None = None,
        supplier: int | None = None,
        women_owned: bool | None = None,
        youth_led: bool | None = None,
    ) -> ProductPage:
        """Designated products."""
        return cast(
            ProductPage,
            self.json(
                "/api/v1/products/"
                + query(
                    {
                        "category": category,
                        "certificate": certificate,
                        "cursor": cursor,
                        "designation_type": designation_type,
                        "fields": fields,
                        "has_pilot_result": has_pilot_result,
                        "in_force": in_force,
                        "in_force_on": in_force_on,
                        "item_class": item_class,
                        "ordering": ordering,
                        "page_size": page_size,
                        "pilot_verdict": pilot_verdict,
                        "price_max": price_max,
                        "price_min": price_min,
                        "q": q,
                        "region": region,
                        "sdg": sdg,
                        "size": size,
                        "supplier": supplier,
                        "women_owned": women_owned,
                        "youth_led": youth_led,
                    }
                )
            ),
        )

    def products_changes_retrieve(self, *, page_size: int | None = None, since: int | None = None) -> Changes:
        """What changed since."""
        return cast(
            Changes, self.json("/api/v1/products/changes/" + query({"page_size": page_size, "since": since}))
        )

    def products_retrieve(self, number: str, *, fields: str | None = None) -> Product:
        """One product."""
        return cast(Product, self.json(f"/api/v1/products/{number}/" + query({"fields": fields})))

    def snapshots_list(self, *, fields: str | None = None) -> Snapshots:
        """Nightly files."""
        return cast(Snapshots, self.json("/api/v1/snapshots/" + query({"fields": fields})))

    def statistics(self, *, fields: str | None = None) -> Statistics:
        """Statistics."""
        return cast(Statistics, self.json("/api/v1/statistics/" + query({"fields": fields})))
