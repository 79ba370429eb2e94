"""What a star import of a module of the SDKs binds: its public names (none of these has an `__all__`).

Source: the modules of google-generativeai 0.8.6 and google-api-core 2.33.0; of google.genai.types (3.4.0) what the
other tables know. `tests/test_sdk_stars.py` holds every row against the installed ones.
"""

from __future__ import annotations

from . import surface

_GENAI_TYPES = "google.genai.types."

STARS: dict[str, frozenset[str]] = {
    "google.generativeai": frozenset(
        """ChatSession GenerationConfig GenerativeModel annotations caching configure create_tuned_model
        delete_file delete_tuned_model embed_content embed_content_async get_base_model get_file get_model
        get_operation get_tuned_model list_files list_models list_operations list_tuned_models protos responder
        string_utils textwrap types update_tuned_model upload_file utils warnings
        """.split()
    ),
    "google.generativeai.generative_models": frozenset(
        """Any ChatSession GenerativeModel Iterable Union annotations caching client content_types generation_types
        google helper_types overload protos reprlib safety_types textwrap
        """.split()
    ),
    "google.generativeai.types": frozenset(
        """Any AnyModelNameOptions AsyncGenerateContentResponse BaseModelNameOptions BlobDict BlobType
        BlockedPromptException BlockedReason BrokenResponseError CallableFunctionDeclaration
        CitationMetadataDict CitationSourceDict ContentDict ContentFilterDict ContentType ContentsType File
        FileDataDict FileDataType FunctionDeclaration FunctionDeclarationType FunctionLibrary
        FunctionLibraryType GenerateContentResponse GenerationConfig GenerationConfigDict GenerationConfigType
        HarmBlockThreshold HarmCategory HarmProbability IncompleteIterationError Model ModelNameOptions
        ModelsIterable PartDict PartType Permission Permissions RequestOptions RequestOptionsType
        SafetyFeedbackDict SafetyRatingDict SafetySettingDict Status StopCandidateException StrictContentType
        Tool ToolDict ToolsType TunedModel TunedModelNameOptions TunedModelState TypedDict Union annotations
        caching_types content_types datetime file_types generation_types get_default_file_client helper_types
        permission_types pprint protos text_types to_file_data
        """.split()
    ),
    "google.api_core.exceptions": frozenset(
        """Aborted AlreadyExists AsyncRestUnsupportedParameterError BadGateway BadRequest Cancelled ClientError
        Conflict DataLoss DeadlineExceeded Dict DuplicateCredentialArgs FailedPrecondition Forbidden
        GatewayTimeout GoogleAPICallError GoogleAPIError InternalServerError InvalidArgument LengthRequired
        MethodNotAllowed MethodNotImplemented MovedPermanently NotFound NotModified Optional OutOfRange
        PermissionDenied PreconditionFailed Redirection RequestRangeNotSatisfiable ResourceExhausted
        ResumeIncomplete RetryError ServerError ServiceUnavailable TemporaryRedirect TooManyRequests
        Unauthenticated Unauthorized Unknown absolute_import error_details_pb2 exception_class_for_grpc_status
        exception_class_for_http_status format_http_response_error from_grpc_error from_grpc_status
        from_http_response from_http_status grpc http rpc_status unicode_literals warnings x
        """.split()
    ),
    "google.genai.errors": frozenset(("APIError", "ClientError", "ServerError")),
    "google.genai.types": frozenset(
        name
        for path in (*surface.ANNOTATIONS, _GENAI_TYPES + "HarmCategory", _GENAI_TYPES + "HarmBlockThreshold")
        if path.startswith(_GENAI_TYPES) and (name := path.removeprefix(_GENAI_TYPES)).isidentifier()
    ),
}
"""Module -> the names that `from module import *` binds."""
