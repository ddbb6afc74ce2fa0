"""The REST API: JSON only, problem details, a schema that is checked."""

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "innomarket.common.api.problem_details",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Innomarket API",
    "DESCRIPTION": (
        "Open data of the portal for innovation procurement: products designated as innovative with validity and test"
        " results, designations, calls, challenge tasks, organisations. Everything is public and read only. Errors are"
        " problem details (RFC 9457). The language is that of Accept-Language: ko (default) or en."
    ),
    "ENUM_NAME_OVERRIDES": {
        "DesignationTypeEnum": "designation.models.Designation.Type",
        "UseAfterEnum": "catalog.states.UseAfter",
        "PilotVerdictEnum": "catalog.states.PilotVerdict",
        "CertificateKindEnum": "catalog.models.Certificate.Kind",
        "PatentKindEnum": "catalog.models.Patent.Kind",
    },
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
